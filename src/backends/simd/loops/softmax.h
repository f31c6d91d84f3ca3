// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and its logarithm along one axis.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// `count` elements `step` apart are normalised together. Works in place.
struct SoftmaxLine {
  const float* input;
  float* out;
  int64_t count;
  int64_t step;   ///< 1, or the number of lines side by side
  int64_t lines;  ///< lines side by side that are done together; 1 when step is 1
  bool log;
};

struct SoftmaxLoops {
  void (*line)(const SoftmaxLine& line);
};
const SoftmaxLoops& softmax_loops(Level level) noexcept;

}  // namespace tenon::simd
