// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How near two names are: for "did you mean".
#pragma once

#include <string_view>

namespace tenon::plugin {

/// Edits (insert, delete, replace, swap of neighbours) that turn one text into the other, ignoring
/// case differences at first: 0 only for equal texts, at least 1 when only the case differs.
int edit_distance(std::string_view a, std::string_view b);

/// True when one is likely a slip for the other: few edits for the length, or one within the other.
bool near(std::string_view a, std::string_view b);

}  // namespace tenon::plugin
