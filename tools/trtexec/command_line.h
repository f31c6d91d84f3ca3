// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From the arguments of the program to options.
#pragma once

#include <string>
#include <vector>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Reads the arguments (without the program's name) and checks how flags fit together. Throws
/// UsageError for what cannot be understood, one line each, and Failure for what is refused.
Options parse(const std::vector<std::string>& arguments);

/// What --help prints.
std::string help_text();

}  // namespace tenon::trtexec
