// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors as the safe interface describes them.
#pragma once

#include "NvInferSafeRuntime.h"
#include "kernel/tensor_desc.h"

namespace tenon::plugin {

/// All about a tensor that has a counterpart in the interface (no private layout, none of the types
/// f64 and i16; to_descriptor of others gives a descriptor of rank -1). `name` is viewed and ends
/// with a zero byte. Memory is said to be the device's, which on CPU engines is the host's.
nvinfer2::safe::TensorDescriptor to_descriptor(const char* name, const kernel::TensorDesc& tensor,
                                               nvinfer1::TensorIOMode mode) noexcept;

}  // namespace tenon::plugin
