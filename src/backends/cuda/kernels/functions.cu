// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The functions of single elements, by the names of their kinds: act_… (activations), un_… (of one
// operand), ew_… (of two). On float, double and i64.
template <class W>
__device__ __forceinline__ W larger(W a, W b) {
  return a != a || a > b ? a : b;
}
template <class W>
__device__ __forceinline__ W smaller(W a, W b) {
  return a != a || a < b ? a : b;
}
template <class W>
__device__ __forceinline__ W at_least(W x, W low) {
  return x < low ? low : x;
}
template <class W>
__device__ __forceinline__ W at_most(W x, W high) {
  return high < x ? high : x;
}
template <class W>
__device__ __forceinline__ W softplus(W x) {
  return at_least(x, (W)0) + log1p(exp(-fabs(x)));
}
template <class W>
__device__ __forceinline__ W clip(W x, W low, W high) {
  return at_most(at_least(x, low), high);
}

#define ACTIVATION(name, value)                                    \
  template <class W>                                               \
  __device__ __forceinline__ W act_##name(W x, float a, float b) { \
    const W alpha = a, beta = b;                                   \
    (void)alpha, (void)beta;                                       \
    return value;                                                  \
  }
ACTIVATION(none, x)
ACTIVATION(relu, at_least(x, (W)0))
ACTIVATION(sigmoid, 1 / (1 + exp(-x)))
ACTIVATION(tanh, tanh(x))
ACTIVATION(leaky_relu, x >= 0 ? x : alpha * x)
ACTIVATION(elu, x >= 0 ? x : alpha * expm1(x))
ACTIVATION(selu, beta*(x >= 0 ? x : alpha * expm1(x)))
ACTIVATION(softsign, x / (1 + fabs(x)))
ACTIVATION(softplus, alpha* softplus(beta* x))
ACTIVATION(clip, clip(x, alpha, beta))
ACTIVATION(hard_sigmoid, clip(alpha* x + beta, (W)0, (W)1))
ACTIVATION(hard_swish, x* clip(alpha* x + beta, (W)0, (W)1))
ACTIVATION(scaled_tanh, alpha* tanh(beta* x))
ACTIVATION(thresholded_relu, x > alpha ? x : (W)0)
ACTIVATION(gelu_erf, x*(1 + erf(x * (W)0.70710678118654752440)) / 2)
ACTIVATION(gelu_tanh, x*(1 + tanh((W)0.79788456080286535588 * (x + (W)0.044715 * x * x * x))) / 2)
ACTIVATION(celu, at_least(x, (W)0) + at_most(alpha * expm1(x / alpha), (W)0))
ACTIVATION(mish, x* tanh(softplus(x)))
__device__ __forceinline__ i64 act_none(i64 x, float, float) { return x; }
__device__ __forceinline__ i64 act_relu(i64 x, float, float) { return x < 0 ? 0 : x; }
// A bound between two integers keeps the integers inside it.
__device__ __forceinline__ i64 act_clip(i64 x, float low, float high) {
  if ((double)x < low) x = whole(ceil((double)low));
  if ((double)x > high) x = whole(floor((double)high));
  return x;
}

#define UNARY(name, value)                      \
  template <class W>                            \
  __device__ __forceinline__ W un_##name(W x) { \
    return value;                               \
  }
UNARY(abs, fabs(x))
UNARY(neg, -x)
UNARY(exp, exp(x))
UNARY(log, log(x))
UNARY(sqrt, sqrt(x))
UNARY(reciprocal, 1 / x)
UNARY(floor, floor(x))
UNARY(ceil, ceil(x))
UNARY(round, rint(x))
UNARY(sign, x > 0 ? (W)1 : x < 0 ? (W)-1 : x)
UNARY(erf, erf(x))
UNARY(not, x == 0 ? (W)1 : (W)0)
UNARY(sin, sin(x))
UNARY(cos, cos(x))
UNARY(tan, tan(x))
UNARY(asin, asin(x))
UNARY(acos, acos(x))
UNARY(atan, atan(x))
UNARY(sinh, sinh(x))
UNARY(cosh, cosh(x))
UNARY(asinh, asinh(x))
UNARY(acosh, acosh(x))
UNARY(atanh, atanh(x))
UNARY(is_inf, isinf(x) ? (W)1 : (W)0)
UNARY(is_nan, x != x ? (W)1 : (W)0)
__device__ __forceinline__ i64 un_abs(i64 x) { return x < 0 ? (i64)(0 - (u64)x) : x; }
__device__ __forceinline__ i64 un_neg(i64 x) { return (i64)(0 - (u64)x); }
__device__ __forceinline__ i64 un_floor(i64 x) { return x; }
__device__ __forceinline__ i64 un_ceil(i64 x) { return x; }
__device__ __forceinline__ i64 un_round(i64 x) { return x; }
__device__ __forceinline__ i64 un_is_inf(i64) { return 0; }

template <class W>
__device__ __forceinline__ W with_sign_of(W rest, W b) {
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
#define ELEMENT_WISE(name, value)                    \
  template <class W>                                 \
  __device__ __forceinline__ W ew_##name(W a, W b) { \
    return value;                                    \
  }
ELEMENT_WISE(add, a + b)
ELEMENT_WISE(sub, a - b)
ELEMENT_WISE(mul, a* b)
ELEMENT_WISE(div, a / b)
ELEMENT_WISE(floor_div, floor(a / b))
ELEMENT_WISE(max, larger(a, b))
ELEMENT_WISE(min, smaller(a, b))
ELEMENT_WISE(pow, pow(a, b))
ELEMENT_WISE(mod, with_sign_of(fmod(a, b), b))
ELEMENT_WISE(fmod, fmod(a, b))
ELEMENT_WISE(and, a != 0 && b != 0 ? (W)1 : (W)0)
ELEMENT_WISE(or, a != 0 || b != 0 ? (W)1 : (W)0)
ELEMENT_WISE(xor, (a != 0) != (b != 0) ? (W)1 : (W)0)
ELEMENT_WISE(equal, a == b ? (W)1 : (W)0)
ELEMENT_WISE(less, a < b ? (W)1 : (W)0)
ELEMENT_WISE(greater, a > b ? (W)1 : (W)0)
ELEMENT_WISE(less_or_equal, a <= b ? (W)1 : (W)0)
ELEMENT_WISE(greater_or_equal, a >= b ? (W)1 : (W)0)
__device__ __forceinline__ i64 ew_add(i64 a, i64 b) { return (i64)((u64)a + (u64)b); }
__device__ __forceinline__ i64 ew_sub(i64 a, i64 b) { return (i64)((u64)a - (u64)b); }
__device__ __forceinline__ i64 ew_mul(i64 a, i64 b) { return (i64)((u64)a * (u64)b); }
// Division of an integer by 0 gives 0: a GPU's run cannot stop for it.
__device__ __forceinline__ i64 ew_div(i64 a, i64 b) {
  return b == 0 ? 0 : b == -1 ? (i64)(0 - (u64)a) : a / b;
}
__device__ __forceinline__ i64 ew_fmod(i64 a, i64 b) { return b == 0 || b == -1 ? 0 : a % b; }
__device__ __forceinline__ i64 ew_mod(i64 a, i64 b) { return with_sign_of(ew_fmod(a, b), b); }
__device__ __forceinline__ i64 ew_floor_div(i64 a, i64 b) {
  const i64 rest = ew_fmod(a, b);
  return ew_div(a, b) - (rest != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
__device__ __forceinline__ i64 ew_pow(i64 base, i64 exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  u64 result = 1, square = (u64)base;
  for (u64 rest = (u64)exponent; rest != 0; rest >>= 1) {
    if ((rest & 1) != 0) result *= square;
    square *= square;
  }
  return (i64)result;
}
