// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions of rows, or across rows.
#pragma once

#include <cstdint>

#include "backends/simd/run/level.h"
#include "ops/enums.h"

namespace tenon::simd {

/// `count` rows of `run` neighbouring elements, beginning at from + offsets[i].
struct ReduceRows {
  const float* from;
  const int64_t* offsets;
  int64_t count;
  int64_t run;
  ops::ReduceKind kind;
  float* out;
};

struct ReduceLoops {
  /// *out = all elements of all rows.
  void (*along)(const ReduceRows& rows);
  /// out[k] = the k-th elements of all rows, for k < run.
  void (*across)(const ReduceRows& rows);
};
const ReduceLoops& reduce_loops(Level level) noexcept;

}  // namespace tenon::simd
