// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Trying build routes one after the other, each in a process of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Prints the knobs for --helpBuildRoute. Throws Failure.
void help_routes(const Options& options);

/// Does what --tuneBuildRoutes and its companions, or --continue, ask for: every route is built and
/// run by this program anew, a line about each goes to the tuning cache file, the engine of the
/// fastest to --saveEngine. `words` is the command line. False when no route passed; throws Failure
/// and UsageError.
bool tune_routes(const Options& options, const std::vector<std::string>& words);

/// What one trial tells the process that started it.
struct TrialResult {
  double mean_ms = 0;
  bool accurate = true;
  std::map<std::string, double> losses;  ///< by output with a reference
};
void write_result(const std::string& path, const TrialResult& result);

}  // namespace tenon::trtexec
