// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors as safe plugins see them.
#pragma once

#include "NvInferSafeRuntime.h"
#include "kernel/tensor_desc.h"

namespace tenon::plugin {

/// Describes a tensor by its extents and strides in memory. `name` is followed by a zero byte and
/// outlives the descriptor. An absent tensor has -1 dimensions. Takes no memory.
nvinfer2::safe::TensorDescriptor to_tensor_descriptor(const kernel::TensorDesc& tensor,
                                                      const char* name, bool input) noexcept;

}  // namespace tenon::plugin
