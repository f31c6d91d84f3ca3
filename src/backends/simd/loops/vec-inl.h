// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Short words for f32 vectors, seen once by every target.
// NOLINTBEGIN(llvm-header-guard): the guard flips with the target.
#if defined(TENON_SIMD_VEC_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TENON_SIMD_VEC_INL_H
#undef TENON_SIMD_VEC_INL_H
#else
#define TENON_SIMD_VEC_INL_H
#endif
// NOLINTEND(llvm-header-guard)

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using F32 = hn::ScalableTag<float>;
using Vec = hn::Vec<F32>;
inline constexpr int kLanes = HWY_LANES(float);

/// Unrolls the next loop, whose trip count is a constant, so that arrays of vectors live in
/// registers.
#define TENON_UNROLL HWY_UNROLL(32)

/// The first `n` < kLanes floats at `from`, zeros behind; reads nothing beyond them.
HWY_INLINE Vec load_some(const float* from, size_t n) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  return hn::MaskedLoad(hn::FirstN(F32(), n), F32(), from);
#else
  HWY_ALIGN float lanes[kLanes] = {};
  std::memcpy(lanes, from, n * sizeof(float));
  return hn::Load(F32(), lanes);
#endif
}

/// Stores the first `n` < kLanes floats of `v`; writes nothing beyond them.
HWY_INLINE void store_some(Vec v, float* to, size_t n) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(F32(), n), F32(), to);
#else
  HWY_ALIGN float lanes[kLanes];
  hn::Store(v, F32(), lanes);
  std::memcpy(to, lanes, n * sizeof(float));
#endif
}

/// Between `low` and `high`; NaN stays NaN, for x86 gives the second operand when one is NaN.
HWY_INLINE Vec clamp(Vec v, float low, float high) {
  const F32 d;
  return hn::Min(hn::Set(d, high), hn::Max(hn::Set(d, low), v));
}

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
