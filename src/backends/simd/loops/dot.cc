// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Dot products of small integers: pairs of products in i16, summed in i32.
#include "backends/simd/loops/dot.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/dot.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

using I16 = hn::ScalableTag<int16_t>;
using I32 = hn::RebindToSigned<F32>;
constexpr int64_t kPairLanes = HWY_LANES(int16_t);
constexpr int kAtOnce = 4;  // columns that share a load of x

template <class X>
HWY_INLINE hn::Vec<I16> widened(const X* from) {
  return hn::PromoteTo(I16(), hn::LoadU(hn::Rebind<X, I16>(), from));
}

/// Sums of kAtOnce columns.
template <class X>
HWY_INLINE void dot_columns(const X* x, const int8_t* weight, int64_t depth, int64_t stride,
                            int32_t* sums) {
  const I32 d;
  hn::Vec<I32> low[kAtOnce], high[kAtOnce];
  TENON_UNROLL
  for (int i = 0; i < kAtOnce; ++i) low[i] = high[i] = hn::Zero(d);
  const auto add = [&](const hn::Vec<I16> numbers, int64_t k) HWY_ATTR {
    TENON_UNROLL
    for (int i = 0; i < kAtOnce; ++i) {
      low[i] = hn::ReorderWidenMulAccumulate(d, numbers, widened(weight + i * stride + k), low[i],
                                             high[i]);
    }
  };
  int64_t k = 0;
  for (; k + kPairLanes <= depth; k += kPairLanes) add(widened(x + k), k);
  if (k < depth) {
    X rest[kPairLanes] = {};
    std::memcpy(rest, x + k, static_cast<size_t>(depth - k));
    add(widened(rest), k);
  }
  TENON_UNROLL
  for (int i = 0; i < kAtOnce; ++i) {
    sums[i] = hn::GetLane(hn::SumOfLanes(d, hn::Add(low[i], high[i])));
  }
}

/// kLanes sums on their way to the output.
template <class To>
HWY_INLINE void finish(const DotSpan& s, const int32_t* sums, int64_t n, To* to) {
  const F32 d;
  const auto whole = hn::Add(hn::LoadU(I32(), sums + n), hn::LoadU(I32(), s.start + n));
  const Vec scaled = hn::Mul(hn::ConvertTo(d, whole), hn::LoadU(d, s.scale + n));
  Vec v = clamp(hn::Add(scaled, hn::LoadU(d, s.bias + n)), s.low, s.high);
  if constexpr (std::is_same_v<To, float>) {
    hn::StoreU(v, d, to);
  } else {
    // Far beyond the ends of every grid, and within i32.
    v = clamp(hn::Div(v, hn::Set(d, s.y_scale)), -1024, 1024);
    const auto steps = hn::Add(hn::NearestInt(v), hn::Set(I32(), s.y_zero));
    hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), steps), hn::Rebind<To, F32>(), to);
  }
}

template <class X, class To>
void dot(const DotSpan& s) {
  static_assert(kDotColumns % kAtOnce == 0 && kDotColumns % kLanes == 0);
  static_assert(kDotDepth % kPairLanes == 0);
  int32_t sums[kDotColumns];
  To made[kDotColumns];
  for (int64_t n = 0; n < s.columns; n += kAtOnce) {
    dot_columns(static_cast<const X*>(s.x), s.weight + n * s.stride, s.depth, s.stride, sums + n);
  }
  for (int64_t n = (s.columns + kAtOnce - 1) / kAtOnce * kAtOnce; n < kDotColumns; ++n) sums[n] = 0;
  for (int64_t n = 0; n < s.columns; n += kLanes) finish<To>(s, sums, n, made + n);
  std::memcpy(s.out, made, static_cast<size_t>(s.columns) * sizeof(To));
}

constexpr DotLoops kTable = {
    {{&dot<int8_t, float>, &dot<int8_t, int8_t>, &dot<int8_t, uint8_t>},
     {&dot<uint8_t, float>, &dot<uint8_t, int8_t>, &dot<uint8_t, uint8_t>}}};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(DotLoops, dot_loops)
}  // namespace tenon::simd
#endif
