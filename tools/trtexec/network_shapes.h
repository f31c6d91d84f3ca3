// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the command line says about inputs and outputs of a network.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Adds the optimization profiles and gives the first one; null when nothing is dynamic. Throws
/// Failure when shapes are given for a tensor that is no dynamic input, or do not fit it; dynamic
/// extents nobody gave become 1, with a warning.
const nvinfer1::IOptimizationProfile* add_profiles(nvinfer1::IBuilder& builder,
                                                   const nvinfer1::INetworkDefinition& network,
                                                   nvinfer1::IBuilderConfig& config,
                                                   const BuildOptions& build);

/// Sets types and layouts of inputs and outputs. Throws Failure when their numbers differ.
void set_io_formats(const nvinfer1::INetworkDefinition& network, const BuildOptions& build);

/// Extents as Dims. Throws Failure for more than Dims can hold.
nvinfer1::Dims to_dims(const Extents& extents);

/// "1x3x224x224"; "scalar" for none.
std::string to_text(const nvinfer1::Dims& dims);

}  // namespace tenon::trtexec
