// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From whole sums to steps of the output's grid, over a residual.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// Scales and starts of columns are padded to a multiple of so many.
inline constexpr int64_t kStepColumns = 16;

/// out[r][n] = round(clamp(f(sums[r][n] · scale[n] + start[n]) + residual[r][n] · residual_scale +
/// residual_start, low, high)) + zero, f(v) = v or, where `rounds`, round(clamp(v, between_low,
/// between_high)) · between_scale. Real outputs are neither rounded nor shifted. The residual may
/// lie where the output does. Strides are numbers.
struct StepSpan {
  const int32_t* sums;
  int64_t sum_stride, rows, columns;
  const float *scale, *start;
  const void* residual;
  int64_t residual_stride;
  float residual_scale, residual_start;
  bool rounds;
  float between_low, between_high, between_scale;
  float low, high;
  int32_t zero;
  void* out;
  int64_t out_stride;
};

struct StepLoops {
  /// By type of the output (f32, i8, u8) and of the residual (none, i8, u8).
  void (*run[3][3])(const StepSpan& span);
};
const StepLoops& step_loops(Level level) noexcept;

}  // namespace tenon::simd
