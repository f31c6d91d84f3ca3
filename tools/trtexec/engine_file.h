// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engine files: loading, and what the first bytes say.
#pragma once

#include <memory>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// An engine with the runtime whose plugin libraries it uses. Members are freed in reverse order.
struct LoadedEngine {
  std::unique_ptr<nvinfer1::IRuntime> runtime;
  std::unique_ptr<nvinfer1::ICudaEngine> engine;
  double seconds = 0;  ///< that loading took, plugin libraries not counted
};

/// Loads the engine in memory. Throws Failure.
LoadedEngine load_engine(const nvinfer1::IHostMemory& memory, const Options& options);

/// Loads the engine of --loadEngine. Throws Failure.
LoadedEngine load_engine(const Options& options);

/// One line about the version of an engine file. Throws Failure when it is none of Tenon's.
std::string describe_version(const std::string& path);

}  // namespace tenon::trtexec
