// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Greatest of small integers, along channels that lie side by side.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// out[c] = the greatest of the taps' element c, out being apart from the taps; taps form a
/// rectangle of `rows` by `columns`, neither 0; steps in elements of one byte.
struct MaximumPixel {
  const void* input;  ///< first tap
  int64_t rows, columns, row_step, column_step;
  int64_t channels;
  void* out;
};

struct MaximumLoops {
  void (*of_i8)(const MaximumPixel& pixel);
  void (*of_u8)(const MaximumPixel& pixel);
};
const MaximumLoops& maximum_loops(Level level) noexcept;

}  // namespace tenon::simd
