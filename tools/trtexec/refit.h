// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Replacing weights of an engine by those of a model.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Does what --dumpRefit, --refitFromOnnx and --timeRefit ask for, in this order, before any
/// context is made. Throws Failure.
void refit(nvinfer1::ICudaEngine& engine, const Options& options);

}  // namespace tenon::trtexec
