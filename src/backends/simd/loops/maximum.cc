// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Greatest of small integers, a vector of channels at a time.
#include "backends/simd/loops/maximum.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/maximum.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

/// `kCount` channels at a time; the last ones overlap those before.
template <class T, int64_t kCount>
void greatest_of(const MaximumPixel& p) {
  const hn::CappedTag<T, static_cast<size_t>(kCount)> d;
  const auto* input = static_cast<const T*>(p.input);
  auto* out = static_cast<T*>(p.out);
  for (int64_t begin = 0; begin < p.channels; begin += kCount) {
    const int64_t c = std::min(begin, p.channels - kCount);
    auto v = hn::LoadU(d, input + c);
    for (int64_t y = 0; y < p.rows; ++y) {
      for (int64_t x = 0; x < p.columns; ++x) {
        v = hn::Max(v, hn::LoadU(d, input + y * p.row_step + x * p.column_step + c));
      }
    }
    hn::StoreU(v, d, out + c);
  }
}

template <class T>
void greatest(const MaximumPixel& p) {
  constexpr int64_t kBytes = HWY_LANES(uint8_t);
  if (p.channels >= kBytes) return greatest_of<T, kBytes>(p);
  if constexpr (kBytes > 32) {
    if (p.channels >= 32) return greatest_of<T, 32>(p);
  }
  if constexpr (kBytes > 16) {
    if (p.channels >= 16) return greatest_of<T, 16>(p);
  }
  if constexpr (kBytes > 8) {
    if (p.channels >= 8) return greatest_of<T, 8>(p);
  }
  greatest_of<T, 1>(p);
}

constexpr MaximumLoops kTable = {&greatest<int8_t>, &greatest<uint8_t>};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(MaximumLoops, maximum_loops)
}  // namespace tenon::simd
#endif
