// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elementary functions of f32 vectors to about 1e-6 relative error; polynomials fitted for these
// ranges by weighted least squares.
// NOLINTBEGIN(llvm-header-guard): the guard flips with the target.
#if defined(TENON_SIMD_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef TENON_SIMD_MATH_INL_H
#undef TENON_SIMD_MATH_INL_H
#else
#define TENON_SIMD_MATH_INL_H
#endif
// NOLINTEND(llvm-header-guard)

#include "backends/simd/loops/vec-inl.h"
#include "hwy/contrib/math/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

/// c0 + x (c1 + x (c2 + …))
template <size_t kCount>
HWY_INLINE Vec polynomial(Vec x, const float (&c)[kCount]) {
  const F32 d;
  Vec sum = hn::Set(d, c[kCount - 1]);
  for (size_t i = kCount - 1; i-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, c[i]));
  return sum;
}

/// Also for infinities, NaN, and beyond the range of the library's.
HWY_INLINE Vec exp_of(Vec x) {
  const F32 d;
  const Vec infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  const Vec y = hn::Exp(d, hn::Min(hn::Set(d, 88.72283F), x));
  return hn::IfThenElse(hn::IsNaN(x), x,
                        hn::IfThenElse(hn::Gt(x, hn::Set(d, 88.72283F)), infinity, y));
}

HWY_INLINE Vec log_of(Vec x) {
  const F32 d;
  const Vec infinity = hn::Set(d, std::numeric_limits<float>::infinity());
  const Vec zero = hn::Zero(d);
  Vec y = hn::Log(d, x);
  y = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity), y);
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  y = hn::IfThenElse(hn::Lt(x, zero), hn::Set(d, std::numeric_limits<float>::quiet_NaN()), y);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

HWY_INLINE Vec sigmoid_of(Vec x) {
  const F32 d;
  const Vec one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, exp_of(hn::Neg(x))));
}

/// Odd polynomial near zero, 1 − 2 / (exp(2|x|) + 1) beyond.
HWY_INLINE Vec tanh_of(Vec x) {
  const F32 d;
  constexpr float kNear[] = {-0.333333283662796F, 0.13332794606685638F, -0.053854070603847504F,
                             0.021010078489780426F, -0.006113188341259956F};
  const Vec one = hn::Set(d, 1.0F);
  const Vec magnitude = hn::Abs(x), square = hn::Mul(x, x);
  const Vec near = hn::MulAdd(hn::Mul(x, square), polynomial(square, kNear), x);
  const Vec power = hn::Exp(d, hn::Min(hn::Set(d, 20.0F), hn::Add(magnitude, magnitude)));
  const Vec far = hn::Sub(one, hn::Div(hn::Set(d, 2.0F), hn::Add(power, one)));
  const Vec y = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0.625F)), near, hn::CopySign(far, x));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// x P(x²) up to 1, 1 − exp(−Q(|x|)) beyond, where Q fits −log(erfc).
HWY_INLINE Vec erf_of(Vec x) {
  const F32 d;
  constexpr float kNear[] = {1.1283791065216064F,    -0.3761262595653534F,  0.11283600330352783F,
                             -0.026854444295167923F, 0.005189535208046436F, -0.0008020841050893068F,
                             7.889119297033176e-05F};
  constexpr float kFar[] = {-0.0001880402269307524F,  1.1295784711837769F,    0.6332198977470398F,
                            0.10841857641935349F,     -0.025208257138729095F, 0.004204561933875084F,
                            -0.00044133636401966214F, 2.1686850232072175e-05F};
  const Vec magnitude = hn::Min(hn::Set(d, 4.0F), hn::Abs(x));
  const Vec near = hn::Mul(x, polynomial(hn::Mul(magnitude, magnitude), kNear));
  const Vec rest = hn::Exp(d, hn::Neg(polynomial(magnitude, kFar)));
  const Vec far = hn::CopySign(hn::Sub(hn::Set(d, 1.0F), rest), x);
  const Vec y = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 1.0F)), near, far);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

/// log(1 + exp(x)), without overflow.
HWY_INLINE Vec softplus_of(Vec x) {
  const F32 d;
  return hn::Add(hn::Max(x, hn::Zero(d)), hn::Log1p(d, exp_of(hn::Neg(hn::Abs(x)))));
}

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
