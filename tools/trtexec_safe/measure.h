// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs a graph in one thread, and takes times.
#pragma once

#include <vector>

#include "tools/trtexec_safe/options.h"
#include "tools/trtexec_safe/recorder.h"

#include "NvInferSafeRuntime.h"

namespace tenon::trtexec_safe {

/// Milliseconds of every measured run.
struct Times {
  std::vector<double> compute;  ///< on the stream
  std::vector<double> host;     ///< from before the launch until the outputs are there
  std::vector<double> enqueue;  ///< of the launch
  double wall_s = 0;            ///< of all runs, with what lies between them
};

/// Runs as the options say, in groups of --avgRuns with one line each. Throws Failure.
Times measure(nvinfer2::safe::ITRTGraph& graph, const Options& options, Recorder& recorder);

/// Runs --iterations groups, each run waited for and none captured; host milliseconds of each.
std::vector<double> run_one_by_one(nvinfer2::safe::ITRTGraph& graph, const Options& options,
                                   Recorder& recorder);

}  // namespace tenon::trtexec_safe
