// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Small integers are widened to f32, which holds them exactly, and narrowed with saturation.
#include "backends/simd/loops/requantize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/requantize.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

using I32 = hn::RebindToSigned<F32>;

/// kLanes numbers as f32.
template <class T>
HWY_INLINE Vec load_numbers(const T* from) {
  if constexpr (std::is_same_v<T, float>) {
    return hn::LoadU(F32(), from);
  } else {
    return hn::ConvertTo(F32(), hn::PromoteTo(I32(), hn::LoadU(hn::Rebind<T, F32>(), from)));
  }
}

/// One vector of results, from integers to integers.
template <class A, class B, bool kAdds, class To>
HWY_INLINE void put_steps(const RequantizeSpan& s, const A* a, const B* b, To* to) {
  const F32 d;
  Vec v = hn::MulAdd(load_numbers(a), hn::Set(d, s.a_scale), hn::Set(d, s.start));
  if constexpr (kAdds) v = hn::MulAdd(load_numbers(b), hn::Set(d, s.b_scale), v);
  v = clamp(v, s.low, s.high);
  const auto whole = hn::Add(hn::NearestInt(v), hn::Set(I32(), static_cast<int32_t>(s.y_zero)));
  hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), whole), hn::Rebind<To, F32>(), to);
}

/// One vector of results.
template <class A, class B, bool kAdds, class To>
HWY_INLINE void put_numbers(const RequantizeSpan& s, const A* a, const B* b, To* to) {
  if constexpr (!std::is_same_v<A, float> && !std::is_same_v<To, float>) {
    return put_steps<A, B, kAdds>(s, a, b, to);
  }
  const F32 d;
  Vec v = load_numbers(a);
  if constexpr (!std::is_same_v<A, float>) {
    v = hn::Mul(hn::Sub(v, hn::Set(d, s.a_zero)), hn::Set(d, s.a_scale));
  }
  if constexpr (kAdds) {
    const Vec other = hn::Sub(load_numbers(b), hn::Set(d, s.b_zero));
    v = hn::Add(v, hn::Mul(other, hn::Set(d, s.b_scale)));
  }
  v = clamp(v, s.low, s.high);
  if constexpr (std::is_same_v<To, float>) {
    hn::StoreU(v, d, to);
  } else {
    // Far beyond the ends of every grid, and within i32.
    v = clamp(hn::Div(v, hn::Set(d, s.y_scale)), -1024, 1024);
    const auto whole = hn::Add(hn::NearestInt(v), hn::Set(I32(), static_cast<int32_t>(s.y_zero)));
    hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), whole), hn::Rebind<To, F32>(), to);
  }
}

template <class A, class B, bool kAdds, class To>
void requantize(const RequantizeSpan& s) {
  const auto* a = static_cast<const A*>(s.a);
  const auto* b = static_cast<const B*>(s.b);
  auto* to = static_cast<To*>(s.out);
  int64_t i = 0;
  for (; i + kLanes <= s.count; i += kLanes) {
    put_numbers<A, B, kAdds>(s, a + i, kAdds ? b + i : nullptr, to + i);
  }
  const auto rest = static_cast<size_t>(s.count - i);
  if (rest == 0) return;
  A last_a[kLanes] = {};
  B last_b[kLanes] = {};
  To last[kLanes];
  std::memcpy(last_a, a + i, rest * sizeof(A));
  if constexpr (kAdds) std::memcpy(last_b, b + i, rest * sizeof(B));
  put_numbers<A, B, kAdds>(s, last_a, last_b, last);
  std::memcpy(to + i, last, rest * sizeof(To));
}

/// Without b, its type does not matter.
#define TENON_TO(A, B, adds)                                         \
  {                                                                  \
    &requantize<A, B, adds, float>, &requantize<A, B, adds, int8_t>, \
        &requantize<A, B, adds, uint8_t>                             \
  }
#define TENON_FROM(A) \
  { TENON_TO(A, int8_t, false), TENON_TO(A, int8_t, true), TENON_TO(A, uint8_t, true) }
constexpr RequantizeLoops kTable = {{TENON_FROM(float), TENON_FROM(int8_t), TENON_FROM(uint8_t)}};
#undef TENON_FROM
#undef TENON_TO

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(RequantizeLoops, requantize_loops)
}  // namespace tenon::simd
#endif
