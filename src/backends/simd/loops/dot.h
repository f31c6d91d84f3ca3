// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Dot products of small integers, brought to a grid.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// Columns are taken so many at a time; weights, starts, scales and biases are padded to a
/// multiple.
inline constexpr int64_t kDotColumns = 16;
/// Weights of a column are padded with zeros to a multiple of so many bytes.
inline constexpr int64_t kDotDepth = 64;

/// out[n] = on grid y of clamp((start[n] + sum over k of x[k] · weight[n · stride + k]) · scale[n]
/// + bias[n], low, high), for n < columns ≤ kDotColumns. Real outputs have y_scale 1 and y_zero 0.
struct DotSpan {
  const void* x;
  const int8_t* weight;
  int64_t depth, stride, columns;
  const int32_t* start;
  const float *scale, *bias;
  float low, high, y_scale;
  int32_t y_zero;
  void* out;
};

struct DotLoops {
  /// By type of x (i8, u8) and of the output (f32, i8, u8).
  void (*run[2][3])(const DotSpan& span);
};
const DotLoops& dot_loops(Level level) noexcept;

}  // namespace tenon::simd
