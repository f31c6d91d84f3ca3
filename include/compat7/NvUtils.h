// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reordering weights.
#pragma once

#include "NvInfer.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  namespace utils {

  /// Writes the numbers of `input`, a tensor of extents `shape`, with its axes in the order
  /// `shapeOrder`, to `data`. False for types, ranks or orders that are none.
  TENON_COMPAT7_API bool reshapeWeights(const Weights& input, const int* shape,
                                        const int* shapeOrder, void* data, int nbDims);

  /// Reorders `num` blocks of `size` bytes, in place: block order[i] goes to place i.
  TENON_COMPAT7_API bool reorderSubBuffers(void* input, const int* order, int num, int size);

  /// Transposes `num` matrices of height x width elements, in place.
  TENON_COMPAT7_API bool transposeSubBuffers(void* input, DataType type, int num, int height,
                                             int width);

  }  // namespace utils
}  // namespace compat7
}  // namespace nvinfer1
