// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The operators' element-wise functions by their kinds, on one vector.
// NOLINTBEGIN(llvm-header-guard): the guard flips with the target.
#if defined(TENON_SIMD_FUNCTIONS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TENON_SIMD_FUNCTIONS_INL_H
#undef TENON_SIMD_FUNCTIONS_INL_H
#else
#define TENON_SIMD_FUNCTIONS_INL_H
#endif
// NOLINTEND(llvm-header-guard)

#include <cmath>

#include "backends/simd/loops/math-inl.h"
#include "ops/enums.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

HWY_INLINE Vec leaky_relu(Vec x, float alpha) {
  const F32 d;
  return hn::IfThenElse(hn::Ge(x, hn::Zero(d)), x, hn::Mul(x, hn::Set(d, alpha)));
}

HWY_INLINE Vec hard_sigmoid(Vec x, float alpha, float beta) {
  const F32 d;
  return clamp(hn::Add(hn::Mul(x, hn::Set(d, alpha)), hn::Set(d, beta)), 0.0F, 1.0F);
}

/// x where it is not negative, else scale (exp(x / divisor) − 1).
HWY_INLINE Vec exponential_unit(Vec x, float scale, float divisor) {
  const F32 d;
  const Vec below = hn::Min(hn::Zero(d), hn::Div(x, hn::Set(d, divisor)));
  return hn::IfThenElse(hn::Ge(x, hn::Zero(d)), x, hn::Mul(hn::Set(d, scale), hn::Expm1(d, below)));
}

HWY_INLINE Vec gelu_tanh(Vec x) {
  const F32 d;
  const Vec cube = hn::Mul(hn::Mul(x, x), x);
  const Vec inner = hn::Mul(hn::Set(d, 0.7978845608F), hn::MulAdd(cube, hn::Set(d, 0.044715F), x));
  return hn::Mul(hn::Mul(hn::Set(d, 0.5F), x), hn::Add(hn::Set(d, 1.0F), tanh_of(inner)));
}

HWY_INLINE Vec gelu_erf(Vec x) {
  const F32 d;
  const Vec inner = erf_of(hn::Mul(x, hn::Set(d, 0.70710678118F)));
  return hn::Mul(hn::Mul(hn::Set(d, 0.5F), x), hn::Add(hn::Set(d, 1.0F), inner));
}

HWY_NOINLINE Vec activation(ops::ActivationKind kind, Vec x, float alpha, float beta) {
  using enum ops::ActivationKind;
  const F32 d;
  const Vec zero = hn::Zero(d), one = hn::Set(d, 1.0F), a = hn::Set(d, alpha);
  switch (kind) {
    case None:
      return x;
    case Relu:
      return hn::Max(zero, x);
    case Sigmoid:
      return sigmoid_of(x);
    case Tanh:
      return tanh_of(x);
    case LeakyRelu:
      return leaky_relu(x, alpha);
    case Elu:
      return exponential_unit(x, alpha, 1.0F);
    case Selu:
      return hn::Mul(hn::Set(d, beta), exponential_unit(x, alpha, 1.0F));
    case Softsign:
      return hn::Div(x, hn::Add(one, hn::Abs(x)));
    case Softplus:
      return hn::Mul(a, softplus_of(hn::Mul(x, hn::Set(d, beta))));
    case Clip:
      return clamp(x, alpha, beta);
    case HardSigmoid:
      return hard_sigmoid(x, alpha, beta);
    case HardSwish:
      return hn::Mul(x, hard_sigmoid(x, alpha, beta));
    case ScaledTanh:
      return hn::Mul(a, tanh_of(hn::Mul(x, hn::Set(d, beta))));
    case ThresholdedRelu:
      return hn::IfThenElseZero(hn::Gt(x, a), x);
    case GeluErf:
      return gelu_erf(x);
    case GeluTanh:
      return gelu_tanh(x);
    case Celu:
      return exponential_unit(x, alpha, alpha);
    case Mish:
      return hn::Mul(x, tanh_of(softplus_of(x)));
  }
  return x;
}

/// Lane by lane through the standard library, for functions too rare to be vectorised.
template <class Function>
HWY_INLINE Vec each_lane(Vec x, const Function& function) {
  const F32 d;
  HWY_ALIGN float lanes[kLanes];
  hn::Store(x, d, lanes);
  for (float& lane : lanes) lane = function(lane);
  return hn::Load(d, lanes);
}

HWY_NOINLINE Vec unary(ops::UnaryKind kind, Vec x) {
  using enum ops::UnaryKind;
  const F32 d;
  const Vec one = hn::Set(d, 1.0F), zero = hn::Zero(d);
  switch (kind) {
    case Abs:
      return hn::Abs(x);
    case Neg:
      return hn::Neg(x);
    case Exp:
      return exp_of(x);
    case Log:
      return log_of(x);
    case Sqrt:
      return hn::Sqrt(x);
    case Reciprocal:
      return hn::Div(one, x);
    case Floor:
      return hn::Floor(x);
    case Ceil:
      return hn::Ceil(x);
    case Round:
      return hn::Round(x);
    case Sign:
      return hn::IfThenElse(hn::Eq(x, zero), zero,
                            hn::IfThenElse(hn::IsNaN(x), x, hn::CopySign(one, x)));
    case Erf:
      return erf_of(x);
    case Sin:
      return each_lane(x, [](float v) { return std::sin(v); });
    case Cos:
      return each_lane(x, [](float v) { return std::cos(v); });
    case Tan:
      return each_lane(x, [](float v) { return std::tan(v); });
    case Asin:
      return each_lane(x, [](float v) { return std::asin(v); });
    case Acos:
      return each_lane(x, [](float v) { return std::acos(v); });
    case Atan:
      return each_lane(x, [](float v) { return std::atan(v); });
    case Sinh:
      return each_lane(x, [](float v) { return std::sinh(v); });
    case Cosh:
      return each_lane(x, [](float v) { return std::cosh(v); });
    case Asinh:
      return each_lane(x, [](float v) { return std::asinh(v); });
    case Acosh:
      return each_lane(x, [](float v) { return std::acosh(v); });
    case Atanh:
      return each_lane(x, [](float v) { return std::atanh(v); });
    case Not:
    case IsInf:
    case IsNan:
      break;  // Their results are bool: refused by the kernel.
  }
  return x;
}

template <class Function>
HWY_INLINE Vec each_pair(Vec x, Vec y, const Function& function) {
  const F32 d;
  HWY_ALIGN float a[kLanes], b[kLanes];
  hn::Store(x, d, a);
  hn::Store(y, d, b);
  for (int i = 0; i < kLanes; ++i) a[i] = function(a[i], b[i]);
  return hn::Load(d, a);
}

HWY_NOINLINE Vec binary(ops::ElementWiseKind kind, Vec x, Vec y) {
  using enum ops::ElementWiseKind;
  switch (kind) {
    case Add:
      return hn::Add(x, y);
    case Sub:
      return hn::Sub(x, y);
    case Mul:
      return hn::Mul(x, y);
    case Div:
      return hn::Div(x, y);
    case Max:
      return hn::Max(x, y);
    case Min:
      return hn::Min(x, y);
    case FloorDiv:
      return hn::Floor(hn::Div(x, y));
    case Pow:
      return each_pair(x, y, [](float a, float b) { return std::pow(a, b); });
    case Fmod:
      return each_pair(x, y, [](float a, float b) { return std::fmod(a, b); });
    case Mod:
      return each_pair(x, y, [](float a, float b) {
        const float rest = std::fmod(a, b);
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
      });
    default:
      break;  // Comparisons and logic give bool: refused by the kernel.
  }
  return x;
}

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
