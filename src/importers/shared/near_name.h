// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// "Did you mean": names that differ by a slip of the pen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tenon::importers {

/// " (did you mean MaxPool?)" where one of `names` is nearly `name`; else nothing.
std::string near_name(std::string_view name, const std::vector<std::string_view>& names);

}  // namespace tenon::importers
