// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows and pixels of a resized image.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"

namespace tenon::simd {

/// Where each of `count` output elements of a row finds its two neighbours, and the weight of
/// either; a row of nearest elements has only the first.
struct ResizeColumns {
  const int32_t *first, *second;
  const float *first_weight, *second_weight;
  int64_t count;
};

/// No two arguments of a call overlap.
struct ResizeLoops {
  /// out[i] = row[first[i]]
  void (*pick)(const float* row, const ResizeColumns& columns, float* out);
  /// out[i] = row[first[i]] * first_weight[i] + row[second[i]] * second_weight[i]
  void (*mix)(const float* row, const ResizeColumns& columns, float* out);
  /// out[i] = upper[i] * upper_weight + lower[i] * lower_weight
  void (*blend)(const float* upper, const float* lower, float upper_weight, float lower_weight,
                int64_t count, float* out);
  /// out[i] = the sum of four pixels' channel i, each by its weight
  void (*pixel)(const float* const* corners, const float* weights, int64_t channels, float* out);
};
const ResizeLoops& resize_loops(Level level) noexcept;

}  // namespace tenon::simd
