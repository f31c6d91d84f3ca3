// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks that stay in the first cache; four by four in registers for four-byte elements.
#include "backends/simd/loops/transpose.h"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tenon::simd {

namespace {

/// One block of at most 16×16.
template <class T>
void small_block(const T* from, int64_t from_step, T* to, int64_t to_step, int64_t rows,
                 int64_t columns) {
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < rows; ++r) to[c * to_step + r] = from[r * from_step + c];
  }
}

#if defined(__SSE2__)
void four_by_four(const float* from, int64_t from_step, float* to, int64_t to_step) {
  __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + from_step);
  __m128 c = _mm_loadu_ps(from + 2 * from_step), d = _mm_loadu_ps(from + 3 * from_step);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(to, a);
  _mm_storeu_ps(to + to_step, b);
  _mm_storeu_ps(to + 2 * to_step, c);
  _mm_storeu_ps(to + 3 * to_step, d);
}

void small_block(const float* from, int64_t from_step, float* to, int64_t to_step, int64_t rows,
                 int64_t columns) {
  const int64_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
  for (int64_t c = 0; c < whole_columns; c += 4) {
    for (int64_t r = 0; r < whole_rows; r += 4) {
      four_by_four(from + r * from_step + c, from_step, to + c * to_step + r, to_step);
    }
  }
  small_block<float>(from + whole_rows * from_step, from_step, to + whole_rows, to_step,
                     rows - whole_rows, whole_columns);
  small_block<float>(from + whole_columns, from_step, to + whole_columns * to_step, to_step, rows,
                     columns - whole_columns);
}
#endif

template <class T>
void in_blocks(const TransposeTile& t) {
  const auto* from = static_cast<const T*>(t.from);
  auto* to = static_cast<T*>(t.to);
  constexpr int64_t kSide = 16;
  for (int64_t c = 0; c < t.columns; c += kSide) {
    for (int64_t r = 0; r < t.rows; r += kSide) {
      small_block(from + r * t.from_step + c, t.from_step, to + c * t.to_step + r, t.to_step,
                  std::min(kSide, t.rows - r), std::min(kSide, t.columns - c));
    }
  }
}

}  // namespace

void transpose_tile(const TransposeTile& tile, size_t element) noexcept {
  switch (element) {
    case 1:
      return in_blocks<uint8_t>(tile);
    case 2:
      return in_blocks<uint16_t>(tile);
    case 4:
      return in_blocks<float>(tile);
    default:
      return in_blocks<uint64_t>(tile);
  }
}

}  // namespace tenon::simd
