// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a model to an engine in memory.
#pragma once

#include <memory>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Builds the engine that the options ask for, and writes it and the timing cache where they say.
/// Throws Failure.
std::unique_ptr<nvinfer1::IHostMemory> build_engine(const Options& options);

}  // namespace tenon::trtexec
