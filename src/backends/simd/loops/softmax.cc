// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Maximum, sum of exponentials, quotient: lanes along the axis, or across lines side by side.
#include "backends/simd/loops/softmax.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/softmax.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// The last few elements of a line, `fill` behind them.
HWY_INLINE Vec load_rest(const float* from, size_t n, float fill) {
  const F32 d;
  return hn::IfThenElse(hn::FirstN(d, n), load_some(from, n), hn::Set(d, fill));
}

HWY_INLINE float maximum(const float* x, int64_t count) {
  const F32 d;
  Vec most = hn::Set(d, kLowest);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) most = hn::Max(most, hn::LoadU(d, x + i));
  if (i < count) most = hn::Max(most, load_rest(x + i, static_cast<size_t>(count - i), kLowest));
  return hn::GetLane(hn::MaxOfLanes(d, most));
}

/// One line of neighbouring elements.
HWY_INLINE void along(const SoftmaxLine& l) {
  const F32 d;
  const Vec most = hn::Set(d, maximum(l.input, l.count));
  Vec sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + kLanes <= l.count; i += kLanes) {
    const Vec x = hn::Sub(hn::LoadU(d, l.input + i), most);
    const Vec power = hn::Exp(d, x);
    sum = hn::Add(sum, power);
    hn::StoreU(l.log ? x : power, d, l.out + i);
  }
  const auto rest = static_cast<size_t>(l.count - i);
  if (rest != 0) {
    const Vec x = hn::Sub(load_rest(l.input + i, rest, kLowest), most);
    const Vec power = hn::IfThenElseZero(hn::FirstN(d, rest), hn::Exp(d, x));
    sum = hn::Add(sum, power);
    store_some(l.log ? x : power, l.out + i, rest);
  }
  const float total = hn::GetLane(hn::SumOfLanes(d, sum));
  const Vec scale = hn::Set(d, l.log ? 1.0F : 1.0F / total);
  const Vec shift = hn::Set(d, l.log ? -std::log(total) : 0.0F);
  for (i = 0; i + kLanes <= l.count; i += kLanes) {
    hn::StoreU(hn::MulAdd(hn::LoadU(d, l.out + i), scale, shift), d, l.out + i);
  }
  if (rest != 0) {
    store_some(hn::MulAdd(load_some(l.out + i, rest), scale, shift), l.out + i, rest);
  }
}

/// A vector of lines side by side; `load` and `store` know how many there are.
template <class Load, class Store>
HWY_INLINE void across(const SoftmaxLine& l, const Load& load, const Store& store) {
  const F32 d;
  Vec most = load(l.input);
  for (int64_t i = 1; i < l.count; ++i) most = hn::Max(most, load(l.input + i * l.step));
  Vec sum = hn::Zero(d);
  for (int64_t i = 0; i < l.count; ++i) {
    const Vec x = hn::Sub(load(l.input + i * l.step), most);
    const Vec power = hn::Exp(d, x);
    sum = hn::Add(sum, power);
    store(l.log ? x : power, l.out + i * l.step);
  }
  const Vec scale = hn::Div(hn::Set(d, 1.0F), sum);
  const Vec shift = log_of(sum);
  for (int64_t i = 0; i < l.count; ++i) {
    const Vec x = load(l.out + i * l.step);
    store(l.log ? hn::Sub(x, shift) : hn::Mul(x, scale), l.out + i * l.step);
  }
}

void line(const SoftmaxLine& l) {
  if (l.step == 1) return along(l);
  SoftmaxLine some = l;
  int64_t i = 0;
  for (; i + kLanes <= l.lines; i += kLanes, some.input += kLanes, some.out += kLanes) {
    across(
        some, [](const float* from) HWY_ATTR { return hn::LoadU(F32(), from); },
        [](Vec v, float* to) HWY_ATTR { hn::StoreU(v, F32(), to); });
  }
  if (const auto rest = static_cast<size_t>(l.lines - i); rest != 0) {
    across(
        some, [rest](const float* from) HWY_ATTR { return load_some(from, rest); },
        [rest](Vec v, float* to) HWY_ATTR { store_some(v, to, rest); });
  }
}

constexpr SoftmaxLoops kTable = {&line};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(SoftmaxLoops, softmax_loops)
}  // namespace tenon::simd
#endif
