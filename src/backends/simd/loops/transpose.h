// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transposing a matrix of elements of any size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::simd {

/// to[column · to_step + row] = from[row · from_step + column], steps counted in elements.
struct TransposeTile {
  const void* from;
  void* to;
  int64_t rows, columns;
  int64_t from_step, to_step;
};

/// Elements of 1, 2, 4 or 8 bytes. What any machine of the architecture has is enough: memory is
/// slower than shuffling.
void transpose_tile(const TransposeTile& tile, size_t element) noexcept;

}  // namespace tenon::simd
