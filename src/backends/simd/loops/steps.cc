// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Columns are walked down, so that their scales stay in registers.
#include "backends/simd/loops/steps.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/steps.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/vec-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

using I32 = hn::RebindToSigned<F32>;

struct NoResidual {};
template <class R>
inline constexpr bool kAdds = !std::is_same_v<R, NoResidual>;

/// What is the same for all numbers of a span, out of memory that stores might change.
struct Shared {
  Vec residual_scale, residual_start, between_low, between_high, between_scale, low, high;
  hn::Vec<I32> zero;
  explicit Shared(const StepSpan& s)
      : residual_scale(hn::Set(F32(), s.residual_scale)),
        residual_start(hn::Set(F32(), s.residual_start)),
        between_low(hn::Set(F32(), s.between_low)),
        between_high(hn::Set(F32(), s.between_high)),
        between_scale(hn::Set(F32(), s.between_scale)),
        low(hn::Set(F32(), s.low)),
        high(hn::Set(F32(), s.high)),
        zero(hn::Set(I32(), s.zero)) {}
};

/// kLanes numbers before the last clamp. `sums` and `residual` have that many.
template <class R, bool kRounds>
HWY_INLINE Vec summed(const Shared& shared, const Vec scale, const Vec start, const int32_t* sums,
                      const R* residual) {
  const F32 d;
  Vec v = hn::MulAdd(hn::ConvertTo(d, hn::LoadU(I32(), sums)), scale, start);
  if constexpr (kRounds) {
    v = hn::Round(hn::Min(hn::Max(v, shared.between_low), shared.between_high));
  }
  if constexpr (kAdds<R>) {
    const auto steps = hn::PromoteTo(I32(), hn::LoadU(hn::Rebind<R, F32>(), residual));
    const Vec added =
        hn::MulAdd(hn::ConvertTo(d, steps), shared.residual_scale, shared.residual_start);
    return kRounds ? hn::MulAdd(v, shared.between_scale, added) : hn::Add(v, added);
  }
  return kRounds ? hn::Mul(v, shared.between_scale) : v;
}

template <class To, class R, bool kRounds>
HWY_INLINE void step(const Shared& shared, const Vec scale, const Vec start, const int32_t* sums,
                     const R* residual, To* out) {
  const F32 d;
  Vec v = summed<R, kRounds>(shared, scale, start, sums, residual);
  v = hn::Min(hn::Max(v, shared.low), shared.high);
  if constexpr (std::is_same_v<To, float>) {
    hn::StoreU(v, d, out);
  } else {
    const auto steps = hn::Add(hn::NearestInt(v), shared.zero);
    hn::StoreU(hn::DemoteTo(hn::Rebind<To, F32>(), steps), hn::Rebind<To, F32>(), out);
  }
}

/// Columns from `n` on, kLanes or fewer.
template <class To, class R, bool kRounds>
HWY_INLINE void step_column(const StepSpan& s, const Shared& shared, int64_t n) {
  const F32 d;
  using Residual = std::conditional_t<kAdds<R>, R, char>;
  const auto* residual = static_cast<const Residual*>(s.residual) + n;
  auto* out = static_cast<To*>(s.out) + n;
  const Vec scale = hn::LoadU(d, s.scale + n), start = hn::LoadU(d, s.start + n);
  const auto valid = static_cast<size_t>(std::min<int64_t>(kLanes, s.columns - n));
  const int32_t* sums = s.sums + n;
  for (int64_t r = 0; r < s.rows; ++r) {
    const auto* added = reinterpret_cast<const R*>(residual);
    if (valid == kLanes) {
      step<To, R, kRounds>(shared, scale, start, sums, added, out);
    } else {
      R some[kLanes] = {};
      To made[kLanes];
      if constexpr (kAdds<R>) std::memcpy(some, added, valid * sizeof(R));
      step<To, R, kRounds>(shared, scale, start, sums, some, made);
      std::memcpy(out, made, valid * sizeof(To));
    }
    sums += s.sum_stride;
    residual += s.residual_stride;
    out += s.out_stride;
  }
}

#if HWY_TARGET == HWY_AVX3
constexpr int64_t kWide = 4 * kLanes;  // columns that make a vector of results

/// kWide columns from `n` on. What saturates need not be clamped: kClamps is for lower bounds that
/// are none of the type's.
template <class To, class R, bool kRounds, bool kClamps>
HWY_INLINE void step_wide(const StepSpan& s, const Shared& shared, int64_t n) {
  const F32 d;
  using Residual = std::conditional_t<kAdds<R>, R, char>;
  const auto* residual = static_cast<const Residual*>(s.residual) + n;
  auto* out = static_cast<To*>(s.out) + n;
  Vec scale[4], start[4];
  TENON_UNROLL
  for (int i = 0; i < 4; ++i) {
    scale[i] = hn::LoadU(d, s.scale + n + i * kLanes);
    start[i] = hn::LoadU(d, s.start + n + i * kLanes);
  }
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const int32_t* sums = s.sums + n;
  for (int64_t r = 0; r < s.rows; ++r) {
    __m512i steps[4];
    TENON_UNROLL
    for (int i = 0; i < 4; ++i) {
      const auto* added = reinterpret_cast<const R*>(residual + (kAdds<R> ? i * kLanes : 0));
      Vec v = summed<R, kRounds>(shared, scale[i], start[i], sums + i * kLanes, added);
      if constexpr (kClamps) v = hn::Max(v, shared.low);
      v = hn::Min(v, shared.high);
      steps[i] = _mm512_add_epi32(_mm512_cvtps_epi32(v.raw), shared.zero.raw);
    }
    const __m512i low = _mm512_packs_epi32(steps[0], steps[1]);
    const __m512i high = _mm512_packs_epi32(steps[2], steps[3]);
    const __m512i all = std::is_same_v<To, uint8_t> ? _mm512_packus_epi16(low, high)
                                                    : _mm512_packs_epi16(low, high);
    _mm512_storeu_si512(out, _mm512_permutexvar_epi32(order, all));
    sums += s.sum_stride;
    residual += s.residual_stride;
    out += s.out_stride;
  }
}
#endif

template <class To, class R, bool kRounds>
HWY_INLINE void step_columns(const StepSpan& s) {
  const Shared shared(s);
  int64_t n = 0;
#if HWY_TARGET == HWY_AVX3
  if constexpr (!std::is_same_v<To, float>) {
    const bool clamps = s.low > static_cast<float>(std::numeric_limits<To>::lowest() - s.zero);
    for (; n + kWide <= s.columns; n += kWide) {
      clamps ? step_wide<To, R, kRounds, true>(s, shared, n)
             : step_wide<To, R, kRounds, false>(s, shared, n);
    }
  }
#endif
  for (; n < s.columns; n += kLanes) step_column<To, R, kRounds>(s, shared, n);
}

template <class To, class R>
void steps(const StepSpan& s) {
  static_assert(kStepColumns % kLanes == 0);
  s.rounds ? step_columns<To, R, true>(s) : step_columns<To, R, false>(s);
}

#define TENON_TO(To) \
  { &steps<To, NoResidual>, &steps<To, int8_t>, &steps<To, uint8_t> }
constexpr StepLoops kTable = {{TENON_TO(float), TENON_TO(int8_t), TENON_TO(uint8_t)}};
#undef TENON_TO

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(StepLoops, step_loops)
}  // namespace tenon::simd
#endif
