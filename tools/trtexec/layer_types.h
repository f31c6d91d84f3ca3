// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the command line says about single layers and tensors of a network.
#pragma once

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Sets precisions and output types, if constraints on them were asked for, and devices. A name
/// with a '*' leaves layers alone that compute no real numbers. Throws Failure for a name that
/// means no layer, and for numbers of types that do not fit.
void set_layers(const nvinfer1::INetworkDefinition& network, nvinfer1::IBuilderConfig& config,
                const BuildOptions& build);

/// Marks debug tensors. Throws Failure for a name that means no tensor.
void mark_debug_tensors(nvinfer1::INetworkDefinition& network, const BuildOptions& build);

}  // namespace tenon::trtexec
