// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Depthwise convolution of tensors whose channels lie side by side.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// One output row: out[x][c] = clamp(bias[c] + residual + sum over taps of
/// input[ky · row_step + (x · stride − left + kx · dilation) · pixel_step + c] · w[ky][kx][c]).
struct DepthwiseRow {
  const float* input;  ///< column 0 of the first row of the window that is within the image
  int64_t row_step;    ///< floats from one tap's row to the next
  int64_t rows;        ///< of the window that are within the image; may be 0
  int64_t width;       ///< columns of the input
  int64_t pixel_step;  ///< of input, residual and output
  int64_t channels;
  const float* w;  ///< of the first of those rows: [ky][kx][w_step]
  int64_t w_step;
  int64_t kernel, stride, dilation, left;  ///< along the row
  const float* bias;                       ///< [channels], or null
  const float* residual;                   ///< as out, or null
  float* out;
  int64_t out_width;
  float low, high;
};

struct DepthwiseLoops {
  void (*row)(const DepthwiseRow& row);
};
const DepthwiseLoops& depthwise_loops(Level level) noexcept;

}  // namespace tenon::simd
