// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// `tenon plugins`: which creators there are, library by library, and the fields they take.
#pragma once

#include <string>

#include "tools/tenon/libraries.h"

namespace tenon::command {

struct PluginsArguments {
  std::string name;  ///< only creators whose name has this in it; empty: all
  Libraries libraries;
};

/// Prints the list on stdout; the exit status of the program, a failure if there is none to list.
int plugins(const PluginsArguments& arguments);

}  // namespace tenon::command
