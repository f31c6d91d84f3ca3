// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an engine tells about itself.
#pragma once

#include <string>

#include "NvInfer.h"

namespace tenon::trtexec {

void dump_layers(const nvinfer1::ICudaEngine& engine);

/// Writes the layers as JSON. Throws Failure.
void export_layers(const nvinfer1::ICudaEngine& engine, const std::string& path);

/// Prints the ranges of shapes of all inputs in all profiles.
void dump_optimization_profiles(const nvinfer1::ICudaEngine& engine);

}  // namespace tenon::trtexec
