// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a loaded engine as the options ask.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Measures, reports, dumps and exports. False when outputs lie too far from references. Throws
/// Failure when something cannot be run.
bool run_inference(nvinfer1::ICudaEngine& engine, const Options& options);

}  // namespace tenon::trtexec
