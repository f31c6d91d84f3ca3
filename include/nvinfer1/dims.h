// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents of a tensor.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// Up to eight extents (or strides, paddings, axes). An aggregate: `Dims{2, {3, 4}}` is 3x4.
/// nbDims 0 is a scalar, -1 marks an error or an unknown rank; an extent of -1 is dynamic.
/// Entries from nbDims on carry no meaning.
class Dims64 {
 public:
  static constexpr int32_t MAX_DIMS{8};

  int32_t nbDims;
  int64_t d[MAX_DIMS];
};

using Dims = Dims64;

}  // namespace nvinfer1
