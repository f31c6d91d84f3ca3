// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A reduction maps every element, joins what it has, and finishes the result.
#include "backends/simd/loops/reduce.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/reduce.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Sum {
  static constexpr float kNeutral = 0;
  static HWY_INLINE Vec map(Vec x, Vec) { return x; }
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Add(a, b); }
  static HWY_INLINE float lanes(Vec v) { return hn::GetLane(hn::SumOfLanes(F32(), v)); }
};
struct Magnitudes : Sum {
  static HWY_INLINE Vec map(Vec x, Vec) { return hn::Abs(x); }
};
struct Squares : Sum {
  static HWY_INLINE Vec map(Vec x, Vec) { return hn::Mul(x, x); }
};
/// Of exp(x − shift).
struct Powers : Sum {
  static HWY_INLINE Vec map(Vec x, Vec shift) { return exp_of(hn::Sub(x, shift)); }
};
struct Maximum {
  static constexpr float kNeutral = -kInfinity;
  static HWY_INLINE Vec map(Vec x, Vec) { return x; }
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Max(a, b); }
  static HWY_INLINE float lanes(Vec v) { return hn::GetLane(hn::MaxOfLanes(F32(), v)); }
};
struct Minimum {
  static constexpr float kNeutral = kInfinity;
  static HWY_INLINE Vec map(Vec x, Vec) { return x; }
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Min(a, b); }
  static HWY_INLINE float lanes(Vec v) { return hn::GetLane(hn::MinOfLanes(F32(), v)); }
};
struct Product {
  static constexpr float kNeutral = 1;
  static HWY_INLINE Vec map(Vec x, Vec) { return x; }
  static HWY_INLINE Vec join(Vec a, Vec b) { return hn::Mul(a, b); }
  static HWY_INLINE float lanes(Vec v) {
    HWY_ALIGN float all[kLanes];
    hn::Store(v, F32(), all);
    for (int i = 1; i < kLanes; ++i) all[0] *= all[i];
    return all[0];
  }
};

template <class How>
HWY_INLINE float join_along(const ReduceRows& r, Vec shift) {
  const F32 d;
  const Vec neutral = hn::Set(d, How::kNeutral);
  Vec a = neutral, b = neutral;  // Two chains hide the latency of one.
  for (int64_t i = 0; i < r.count; ++i) {
    const float* row = r.from + r.offsets[i];
    int64_t k = 0;
    for (; k + 2 * kLanes <= r.run; k += 2 * kLanes) {
      a = How::join(a, How::map(hn::LoadU(d, row + k), shift));
      b = How::join(b, How::map(hn::LoadU(d, row + k + kLanes), shift));
    }
    for (; k + kLanes <= r.run; k += kLanes) {
      a = How::join(a, How::map(hn::LoadU(d, row + k), shift));
    }
    if (const auto rest = static_cast<size_t>(r.run - k); rest != 0) {
      const Vec x = How::map(load_some(row + k, rest), shift);
      a = How::join(a, hn::IfThenElse(hn::FirstN(d, rest), x, neutral));
    }
  }
  return How::lanes(How::join(a, b));
}

/// One vector of columns.
template <class How, class Load>
HWY_INLINE Vec join_across(const ReduceRows& r, int64_t k, const Load& load, Vec shift) {
  Vec a = hn::Set(F32(), How::kNeutral);
  for (int64_t i = 0; i < r.count; ++i) {
    a = How::join(a, How::map(load(r.from + r.offsets[i] + k), shift));
  }
  return a;
}

/// What is done with the joined elements; `elements` were joined.
HWY_INLINE Vec finish(ops::ReduceKind kind, Vec v, Vec shift, float elements) {
  const F32 d;
  switch (kind) {
    case ops::ReduceKind::Mean:
      return hn::Div(v, hn::Set(d, elements));
    case ops::ReduceKind::L2:
      return hn::Sqrt(v);
    case ops::ReduceKind::LogSum:
      return log_of(v);
    case ops::ReduceKind::LogSumExp:
      return hn::Add(shift, log_of(v));
    default:
      return v;
  }
}

/// Calls `with` with the way to join that the kind needs.
template <class With>
HWY_INLINE auto by_kind(ops::ReduceKind kind, const With& with) {
  switch (kind) {
    case ops::ReduceKind::Prod:
      return with(Product());
    case ops::ReduceKind::Max:
      return with(Maximum());
    case ops::ReduceKind::Min:
      return with(Minimum());
    case ops::ReduceKind::L1:
      return with(Magnitudes());
    case ops::ReduceKind::L2:
    case ops::ReduceKind::SumSquare:
      return with(Squares());
    case ops::ReduceKind::LogSumExp:
      return with(Powers());
    default:
      return with(Sum());
  }
}

/// The greatest element stays finite, so that subtracting it does.
HWY_INLINE Vec finite(Vec v) {
  return clamp(v, std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max());
}

void along(const ReduceRows& r) {
  const F32 d;
  const bool shifted = r.kind == ops::ReduceKind::LogSumExp;
  const Vec none = hn::Zero(d);
  const Vec shift = shifted ? finite(hn::Set(d, join_along<Maximum>(r, none))) : none;
  const float joined =
      by_kind(r.kind, [&](auto how) HWY_ATTR { return join_along<decltype(how)>(r, shift); });
  const Vec v = finish(r.kind, hn::Set(d, joined), shift, static_cast<float>(r.count * r.run));
  *r.out = hn::GetLane(v);
}

template <class Load>
HWY_INLINE Vec columns(const ReduceRows& r, int64_t k, const Load& load) {
  const bool shifted = r.kind == ops::ReduceKind::LogSumExp;
  const Vec none = hn::Zero(F32());
  const Vec shift = shifted ? finite(join_across<Maximum>(r, k, load, none)) : none;
  const Vec joined = by_kind(
      r.kind, [&](auto how) HWY_ATTR { return join_across<decltype(how)>(r, k, load, shift); });
  return finish(r.kind, joined, shift, static_cast<float>(r.count));
}

void across(const ReduceRows& r) {
  int64_t k = 0;
  for (; k + kLanes <= r.run; k += kLanes) {
    const auto load = [](const float* from) HWY_ATTR { return hn::LoadU(F32(), from); };
    hn::StoreU(columns(r, k, load), F32(), r.out + k);
  }
  if (const auto rest = static_cast<size_t>(r.run - k); rest != 0) {
    const auto load = [rest](const float* from) HWY_ATTR { return load_some(from, rest); };
    store_some(columns(r, k, load), r.out + k, rest);
  }
}

constexpr ReduceLoops kTable = {&along, &across};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(ReduceLoops, reduce_loops)
}  // namespace tenon::simd
#endif
