// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From real numbers or small integers to either, over sums and simple activations.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// out[i] = on grid y of clamp(a[i] + b[i], low, high), what integers stand for being (q − zero) ·
/// scale. Real numbers have scale 1 and zero 0. From integers to integers no division is needed:
/// out[i] = round(clamp(a[i] · a_scale + b[i] · b_scale + start, low, high)) + y_zero, all in steps
/// of y, low and high within ±1024.
struct RequantizeSpan {
  const void* a;
  const void* b;  ///< null: nothing is added
  void* out;
  int64_t count;
  float a_scale, a_zero, b_scale, b_zero, y_scale, y_zero;
  float low, high;
  float start = 0;
};

/// Types of one side, as they number the table.
enum class RequantizeType : uint8_t { F32, I8, U8 };

struct RequantizeLoops {
  /// By type of a, of b (F32: there is none), of the output.
  void (*run[3][3][3])(const RequantizeSpan& span);
};
const RequantizeLoops& requantize_loops(Level level) noexcept;

}  // namespace tenon::simd
