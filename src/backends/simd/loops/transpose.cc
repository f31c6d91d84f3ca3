// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks of 8×8 in registers for four-byte elements, plain blocks for the rest.
#include "backends/simd/loops/transpose.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/transpose.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

constexpr int64_t kSide = 4;

/// Four rows of four elements.
HWY_INLINE void block(const float* from, int64_t from_step, float* to, int64_t to_step) {
  const hn::FixedTag<float, 4> d;
  const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + from_step);
  const auto c = hn::LoadU(d, from + 2 * from_step), e = hn::LoadU(d, from + 3 * from_step);
  const auto ac_low = hn::InterleaveLower(d, a, c), be_low = hn::InterleaveLower(d, b, e);
  const auto ac_high = hn::InterleaveUpper(d, a, c), be_high = hn::InterleaveUpper(d, b, e);
  hn::StoreU(hn::InterleaveLower(d, ac_low, be_low), d, to);
  hn::StoreU(hn::InterleaveUpper(d, ac_low, be_low), d, to + to_step);
  hn::StoreU(hn::InterleaveLower(d, ac_high, be_high), d, to + 2 * to_step);
  hn::StoreU(hn::InterleaveUpper(d, ac_high, be_high), d, to + 3 * to_step);
}

void words(const TransposeTile& t) {
  const auto* from = static_cast<const float*>(t.from);
  auto* to = static_cast<float*>(t.to);
  const int64_t rows = t.rows / kSide * kSide, columns = t.columns / kSide * kSide;
  for (int64_t c = 0; c < columns; c += kSide) {
    for (int64_t r = 0; r < rows; r += kSide) {
      block(from + r * t.from_step + c, t.from_step, to + c * t.to_step + r, t.to_step);
    }
    for (int64_t r = rows; r < t.rows; ++r) {
      for (int64_t k = 0; k < kSide; ++k) {
        std::memcpy(to + (c + k) * t.to_step + r, from + r * t.from_step + c + k, sizeof(float));
      }
    }
  }
  for (int64_t c = columns; c < t.columns; ++c) {
    for (int64_t r = 0; r < t.rows; ++r) {
      std::memcpy(to + c * t.to_step + r, from + r * t.from_step + c, sizeof(float));
    }
  }
}

struct TransposeLoops {
  void (*words)(const TransposeTile& tile);
};
constexpr TransposeLoops kTable = {&words};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {

namespace {

template <class T>
void plain(const TransposeTile& t) {
  const auto* from = static_cast<const T*>(t.from);
  auto* to = static_cast<T*>(t.to);
  constexpr int64_t kBlock = 16;
  for (int64_t c0 = 0; c0 < t.columns; c0 += kBlock) {
    for (int64_t r0 = 0; r0 < t.rows; r0 += kBlock) {
      for (int64_t c = c0; c < std::min(c0 + kBlock, t.columns); ++c) {
        for (int64_t r = r0; r < std::min(r0 + kBlock, t.rows); ++r) {
          to[c * t.to_step + r] = from[r * t.from_step + c];
        }
      }
    }
  }
}

}  // namespace

void transpose_tile(const TransposeTile& tile, size_t element, Level) noexcept {
  switch (element) {
    case 1:
      return plain<uint8_t>(tile);
    case 2:
      return plain<uint16_t>(tile);
    case 8:
      return plain<uint64_t>(tile);
    default:
      return HWY_STATIC_DISPATCH(words)(tile);
  }
}

}  // namespace tenon::simd
#endif
