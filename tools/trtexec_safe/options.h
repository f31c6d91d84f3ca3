// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the command line asks for.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/shared/safety_plugins.h"

namespace tenon::trtexec_safe {

struct Options {
  std::string engine = "sample.engine";
  std::vector<tools::SafetyPluginLibrary> plugins;
  std::map<std::string, std::string> inputs;  ///< tensor to file

  int iterations = 10;     ///< at least so many groups of runs
  int average_runs = 10;   ///< runs in a group
  int warm_up = 1;         ///< runs before
  double duration_s = 3;   ///< at least so long
  double sleep_ms = 2;     ///< of the stream, before each run
  double idle_ms = 0;      ///< of the host, after each run
  double percentile = 99;  ///< of the summary
  int device = 0;          ///< of the CUDA runtime
  int threads = 1;         ///< each with a clone of the graph
  int64_t io_profile = 0;
  bool scratch = false;  ///< we give the scratch memory
  bool spin = false;     ///< poll instead of waiting
  bool capture = true;   ///< launch a captured graph
  bool verbose = false;
  bool debug = false;
  bool help = false;

  std::vector<std::string> notes;  ///< about flags that have no effect
};

/// A command line that cannot be understood; the message names flag and mend.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads the words after the program's name.
Options parse(const std::vector<std::string>& words);

/// What --help prints.
std::string help_text();

/// "&&&& STATE TensorRT.trtexec_safe [TensorRT v101600] [b0] # trtexec_safe --loadEngine=…".
std::string banner(const char* state, const std::vector<std::string>& words);

}  // namespace tenon::trtexec_safe
