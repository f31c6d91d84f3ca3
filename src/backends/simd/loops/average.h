// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Averages of small integers, along channels that lie side by side.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// Windows must have fewer taps, so that sums of bytes fit i32.
inline constexpr int64_t kAverageTaps = int64_t{1} << 23;

/// out[c] = round((sum of the taps' element c − shift) · factor) + zero, to even and saturated;
/// taps form a rectangle of `rows` by `columns`, steps in elements of one byte.
struct AveragePixel {
  const void* input;  ///< first tap
  int64_t rows, columns, row_step, column_step;
  int64_t channels;
  float shift, factor;
  int32_t zero;
  void* out;
};

struct AverageLoops {
  /// By type of the input and of the output: i8, u8.
  void (*run[2][2])(const AveragePixel& pixel);
};
const AverageLoops& average_loops(Level level) noexcept;

}  // namespace tenon::simd
