// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How the constants of products of small integers are packed.
#pragma once

#include "backends/simd/loops/dot.h"
#include "backends/simd/run/loaded_kernel.h"
#include "ops/quantized.h"

namespace tenon::simd::quant_mat_mul {

/// K and N of the product, and what they are with padding.
struct Extents {
  int64_t depth = 0, columns = 0;
  [[nodiscard]] int64_t stride() const noexcept {
    return (depth + kDotDepth - 1) / kDotDepth * kDotDepth;
  }
  [[nodiscard]] int64_t padded() const noexcept {
    return (columns + kDotColumns - 1) / kDotColumns * kDotColumns;
  }
  /// True of depths whose sums fit i32.
  [[nodiscard]] bool sound() const noexcept {
    return depth > 0 && depth < int64_t{1} << 16 && columns > 0 && columns < int64_t{1} << 31;
  }
};

/// The blobs of a record: i8 weights [padded][stride], then what each sum begins with (i32), its
/// scale and its bias (f32), each [padded]; zeros where nothing is.
enum Blob : size_t { kWeights, kStarts, kScales, kBiases };

/// The product in the words of a convolution, but for the window.
inline ops::QuantConvolution as_convolution(const ops::QuantMatMul& op) {
  ops::QuantConvolution convolution;
  convolution.convolution.activation = op.product.activation;
  convolution.x = op.x;
  convolution.y = op.y;
  convolution.to = op.to;
  return convolution;
}

/// Describes the packing: equal bytes, equal layout.
inline PackedLayout layout_of(const Extents& extents, std::string_view packing) {
  PackedLayout bytes;
  bytes.text(packing);
  bytes.put(extents.depth);
  bytes.put(extents.columns);
  return bytes;
}

}  // namespace tenon::simd::quant_mat_mul
