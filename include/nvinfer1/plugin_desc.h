// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a plugin sees its inputs and outputs.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/tensor_format.h"

namespace nvinfer1 {

/// One input or output: logical extents, element type, layout.
struct PluginTensorDesc {
  Dims dims;  ///< logical order whatever the format; -1 while an extent is unknown
  DataType type;
  TensorFormat format;
  float scale;  ///< real value of one step; meaningful for kINT8 only
};

/// The same while shapes are still open: the range of the current profile. Extents known at build
/// time are equal in all three.
struct DynamicPluginTensorDesc {
  PluginTensorDesc desc;
  Dims min;
  Dims max;
  Dims opt;
};

}  // namespace nvinfer1
