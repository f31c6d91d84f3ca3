// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies of rectangular parts of tensors with any strides: what moving operators come down to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/dims.h"

namespace tenon::simd {

/// to[to_offset + i · to_strides] = from[from_offset + i · from_strides] for every index i within
/// extents. All in elements; strides may be zero (from) or negative.
struct StridedCopy {
  Dims extents, from_strides, to_strides;
  int64_t from_offset = 0, to_offset = 0;

  /// The same copy with as few axes as can be, ordered so that run() walks memory well.
  [[nodiscard]] StridedCopy simplified() const;
  /// Runs a simplified copy. Elements of 1, 2, 4 or 8 bytes; the memory does not overlap.
  void run(const void* from, void* to, size_t element, int threads) const noexcept;
};

}  // namespace tenon::simd
