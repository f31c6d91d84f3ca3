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

template <class T>
void greatest(const MaximumPixel& p) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kBytes = HWY_LANES(uint8_t);
  const auto* input = static_cast<const T*>(p.input);
  auto* out = static_cast<T*>(p.out);
  int64_t c = 0;
  for (; c + kBytes <= p.channels; c += kBytes) {
    auto v = hn::LoadU(d, input + c);
    for (int64_t y = 0; y < p.rows; ++y) {
      for (int64_t x = 0; x < p.columns; ++x) {
        v = hn::Max(v, hn::LoadU(d, input + y * p.row_step + x * p.column_step + c));
      }
    }
    hn::StoreU(v, d, out + c);
  }
  for (; c < p.channels; ++c) {
    T v = input[c];
    for (int64_t y = 0; y < p.rows; ++y) {
      for (int64_t x = 0; x < p.columns; ++x) {
        v = std::max(v, input[y * p.row_step + x * p.column_step + c]);
      }
    }
    out[c] = v;
  }
}

constexpr MaximumLoops kTable = {&greatest<int8_t>, &greatest<uint8_t>};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(MaximumLoops, maximum_loops)
}  // namespace tenon::simd
#endif
