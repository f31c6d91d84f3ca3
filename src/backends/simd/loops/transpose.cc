// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks that stay in the first cache; four by four in registers for four-byte elements,
// and three planes of bytes four columns at a time.
#include "backends/simd/loops/transpose.h"

#include <algorithm>
#include <bit>
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

/// The bytes of three planes side by side, as the planes of a picture are: four columns at a time.
void three_planes(const TransposeTile& t) {
  const auto* a = static_cast<const uint8_t*>(t.from);
  const uint8_t *b = a + t.from_step, *c = b + t.from_step;
  auto* to = static_cast<uint8_t*>(t.to);
  int64_t column = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; column + 4 <= t.columns; column += 4, to += 12) {
      uint32_t x, y, z;
      std::memcpy(&x, a + column, 4);
      std::memcpy(&y, b + column, 4);
      std::memcpy(&z, c + column, 4);
      const uint32_t first = (x & 0xFF) | (y & 0xFF) << 8 | (z & 0xFF) << 16 | (x & 0xFF00) << 16;
      const uint32_t second = (y >> 8 & 0xFF) | (z & 0xFF00) | (x & 0xFF0000) | (y & 0xFF0000) << 8;
      const uint32_t third =
          (z >> 16 & 0xFF) | (x >> 16 & 0xFF00) | (y >> 8 & 0xFF0000) | (z & 0xFF000000);
      std::memcpy(to, &first, 4);
      std::memcpy(to + 4, &second, 4);
      std::memcpy(to + 8, &third, 4);
    }
  }
  for (; column < t.columns; ++column, to += 3) {
    to[0] = a[column], to[1] = b[column], to[2] = c[column];
  }
}

}  // namespace

void transpose_tile(const TransposeTile& tile, size_t element) noexcept {
  switch (element) {
    case 1:
      return tile.rows == 3 && tile.to_step == 3 ? three_planes(tile) : in_blocks<uint8_t>(tile);
    case 2:
      return in_blocks<uint16_t>(tile);
    case 4:
      return in_blocks<float>(tile);
    default:
      return in_blocks<uint64_t>(tile);
  }
}

}  // namespace tenon::simd
