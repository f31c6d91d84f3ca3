// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pooling windows: along the channels of channels-last tensors, along the rows of planes.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// One output pixel of a tensor whose channels lie side by side: out[c] = scale · sum, or maximum,
/// over the taps within the image, a rectangle of `rows` by `columns`; neither is 0.
struct PoolPixel {
  const float* input;                            ///< first tap
  int64_t rows, columns, row_step, column_step;  ///< steps in floats
  int64_t channels;
  float scale;  ///< of a sum
  float* out;
};

/// A plane in windows of 2×2 that neither overlap nor leave it.
struct PoolQuads {
  const float* input;
  int64_t width;  ///< of the input
  int64_t out_height, out_width;
  float* out;
};

/// One output row of a plane.
struct PoolRow {
  const float* const* rows;  ///< input rows of the window that are within the image
  int64_t row_count;         ///< may be 0: the row is all padding
  int64_t width;             ///< of the input
  int64_t left;              ///< padding before an input row
  int64_t kernel, stride, dilation;
  int64_t out_width;
  const float* scales;  ///< by output column; sums only
  float* buffer;        ///< at least left + width + a vector, and the windows' reach + 2 vectors
  float* out;
};

struct PoolingLoops {
  void (*pixel_max)(const PoolPixel& pixel);
  void (*pixel_sum)(const PoolPixel& pixel);
  void (*quads_max)(const PoolQuads& plane);
  void (*quads_mean)(const PoolQuads& plane);
  void (*row_max)(const PoolRow& row);
  void (*row_sum)(const PoolRow& row);
};
const PoolingLoops& pooling_loops(Level level) noexcept;

}  // namespace tenon::simd
