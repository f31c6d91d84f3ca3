// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions of 16-bit numbers and pairs whose names do not tell the format. As types.inl.

static inline HOSTCUDA_NUMBER __hadd(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a + b;
}
static inline HOSTCUDA_NUMBER __hsub(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a - b;
}
static inline HOSTCUDA_NUMBER __hmul(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a * b;
}
static inline HOSTCUDA_NUMBER __hdiv(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a / b;
}
static inline HOSTCUDA_NUMBER __hadd_rn(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a + b;
}
static inline HOSTCUDA_NUMBER __hsub_rn(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a - b;
}
static inline HOSTCUDA_NUMBER __hmul_rn(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return a * b;
}

/** a * b + c, rounded once. */
static inline HOSTCUDA_NUMBER __hfma(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b,
                                     const HOSTCUDA_NUMBER c) {
  const double product = double(float(a)) * double(float(b));
  return HOSTCUDA_NUMBER(hostcuda_numbers::odd_sum(product, float(c)));
}

/** Sign off; sign changed. Both keep a NaN's bits. */
static inline HOSTCUDA_NUMBER __habs(const HOSTCUDA_NUMBER a) {
  HOSTCUDA_RAW raw = a;
  if (!std::isnan(float(a))) raw.x &= 0x7FFF;
  return std::isnan(float(a)) ? HOSTCUDA_NUMBER(HOSTCUDA_RAW{0x7FFF}) : HOSTCUDA_NUMBER(raw);
}
static inline HOSTCUDA_NUMBER __hneg(const HOSTCUDA_NUMBER a) { return -a; }

/** To 0 … 1, NaN to 0; and NaN kept but negative numbers to 0. */
static inline HOSTCUDA_NUMBER hostcuda_saturate(const HOSTCUDA_NUMBER a) {
  const float value = a;
  return HOSTCUDA_NUMBER(value > 1.0f ? 1.0f : value > 0.0f ? value : 0.0f);
}
static inline HOSTCUDA_NUMBER hostcuda_relu(const HOSTCUDA_NUMBER a) {
  return float(a) < 0.0f ? HOSTCUDA_NUMBER(0.0f) : a;
}
static inline HOSTCUDA_NUMBER __hadd_sat(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return hostcuda_saturate(a + b);
}
static inline HOSTCUDA_NUMBER __hsub_sat(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return hostcuda_saturate(a - b);
}
static inline HOSTCUDA_NUMBER __hmul_sat(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return hostcuda_saturate(a * b);
}
static inline HOSTCUDA_NUMBER __hfma_sat(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b,
                                         const HOSTCUDA_NUMBER c) {
  return hostcuda_saturate(__hfma(a, b, c));
}
static inline HOSTCUDA_NUMBER __hfma_relu(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b,
                                          const HOSTCUDA_NUMBER c) {
  return hostcuda_relu(__hfma(a, b, c));
}

static inline bool __hisnan(const HOSTCUDA_NUMBER a) { return std::isnan(float(a)); }
/** 1 for plus infinity, -1 for minus infinity, else 0. */
static inline int __hisinf(const HOSTCUDA_NUMBER a) {
  return std::isinf(float(a)) ? (std::signbit(float(a)) ? -1 : 1) : 0;
}

/** The greater and the lesser; +0 is greater than -0. A NaN gives way, or with _nan prevails. */
static inline HOSTCUDA_NUMBER __hmax(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  if (__hisnan(a)) return __hisnan(b) ? HOSTCUDA_NUMBER(HOSTCUDA_RAW{0x7FFF}) : b;
  if (__hisnan(b)) return a;
  if (float(a) == 0.0f && float(b) == 0.0f) return std::signbit(float(a)) ? b : a;
  return a > b ? a : b;
}
static inline HOSTCUDA_NUMBER __hmin(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  if (__hisnan(a)) return __hisnan(b) ? HOSTCUDA_NUMBER(HOSTCUDA_RAW{0x7FFF}) : b;
  if (__hisnan(b)) return a;
  if (float(a) == 0.0f && float(b) == 0.0f) return std::signbit(float(a)) ? a : b;
  return a < b ? a : b;
}
static inline HOSTCUDA_NUMBER __hmax_nan(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return __hisnan(a) || __hisnan(b) ? HOSTCUDA_NUMBER(HOSTCUDA_RAW{0x7FFF}) : __hmax(a, b);
}
static inline HOSTCUDA_NUMBER __hmin_nan(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {
  return __hisnan(a) || __hisnan(b) ? HOSTCUDA_NUMBER(HOSTCUDA_RAW{0x7FFF}) : __hmin(a, b);
}

/** Comparisons: of numbers, of both halves of pairs at once, and half by half as 1.0 or 0.0 or as a
    mask. Those with u are true where a NaN is met. */
#define HOSTCUDA_COMPARE(name, op)                                                    \
  static inline bool __h##name(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) {    \
    return float(a) op float(b) && !__hisnan(a) && !__hisnan(b);                      \
  }                                                                                   \
  static inline bool __h##name##u(const HOSTCUDA_NUMBER a, const HOSTCUDA_NUMBER b) { \
    return float(a) op float(b) || __hisnan(a) || __hisnan(b);                        \
  }                                                                                   \
  HOSTCUDA_COMPARE_PAIR(name)                                                         \
  HOSTCUDA_COMPARE_PAIR(name##u)
#define HOSTCUDA_COMPARE_PAIR(name)                                                            \
  static inline bool __hb##name##2(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) {             \
    return __h##name(a.x, b.x) && __h##name(a.y, b.y);                                         \
  }                                                                                            \
  static inline HOSTCUDA_PAIR __h##name##2(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) {     \
    return HOSTCUDA_PAIR(HOSTCUDA_NUMBER(__h##name(a.x, b.x) ? 1.0f : 0.0f),                   \
                         HOSTCUDA_NUMBER(__h##name(a.y, b.y) ? 1.0f : 0.0f));                  \
  }                                                                                            \
  static inline unsigned int __h##name##2_mask(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) { \
    return (__h##name(a.x, b.x) ? 0xFFFFu : 0u) | (__h##name(a.y, b.y) ? 0xFFFF0000u : 0u);    \
  }
HOSTCUDA_COMPARE(eq, ==)
HOSTCUDA_COMPARE(ne, !=)
HOSTCUDA_COMPARE(lt, <)
HOSTCUDA_COMPARE(gt, >)
HOSTCUDA_COMPARE(le, <=)
HOSTCUDA_COMPARE(ge, >=)
#undef HOSTCUDA_COMPARE
#undef HOSTCUDA_COMPARE_PAIR

/** The same of pairs, half by half. */
#define HOSTCUDA_ONE(pair, single)                          \
  static inline HOSTCUDA_PAIR pair(const HOSTCUDA_PAIR a) { \
    return HOSTCUDA_PAIR(single(a.x), single(a.y));         \
  }
#define HOSTCUDA_TWO(pair, single)                                                 \
  static inline HOSTCUDA_PAIR pair(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b) { \
    return HOSTCUDA_PAIR(single(a.x, b.x), single(a.y, b.y));                      \
  }
#define HOSTCUDA_THREE(pair, single)                                             \
  static inline HOSTCUDA_PAIR pair(const HOSTCUDA_PAIR a, const HOSTCUDA_PAIR b, \
                                   const HOSTCUDA_PAIR c) {                      \
    return HOSTCUDA_PAIR(single(a.x, b.x, c.x), single(a.y, b.y, c.y));          \
  }
HOSTCUDA_TWO(__hadd2, __hadd)
HOSTCUDA_TWO(__hsub2, __hsub)
HOSTCUDA_TWO(__hmul2, __hmul)
HOSTCUDA_TWO(__h2div, __hdiv)
HOSTCUDA_TWO(__hadd2_rn, __hadd)
HOSTCUDA_TWO(__hsub2_rn, __hsub)
HOSTCUDA_TWO(__hmul2_rn, __hmul)
HOSTCUDA_TWO(__hadd2_sat, __hadd_sat)
HOSTCUDA_TWO(__hsub2_sat, __hsub_sat)
HOSTCUDA_TWO(__hmul2_sat, __hmul_sat)
HOSTCUDA_TWO(__hmax2, __hmax)
HOSTCUDA_TWO(__hmin2, __hmin)
HOSTCUDA_TWO(__hmax2_nan, __hmax_nan)
HOSTCUDA_TWO(__hmin2_nan, __hmin_nan)
HOSTCUDA_THREE(__hfma2, __hfma)
HOSTCUDA_THREE(__hfma2_sat, __hfma_sat)
HOSTCUDA_THREE(__hfma2_relu, __hfma_relu)
HOSTCUDA_ONE(__habs2, __habs)
HOSTCUDA_ONE(__hneg2, __hneg)
static inline HOSTCUDA_PAIR __hisnan2(const HOSTCUDA_PAIR a) {
  return HOSTCUDA_PAIR(HOSTCUDA_NUMBER(__hisnan(a.x) ? 1.0f : 0.0f),
                       HOSTCUDA_NUMBER(__hisnan(a.y) ? 1.0f : 0.0f));
}
#undef HOSTCUDA_TWO
#undef HOSTCUDA_THREE

/** Functions of one number, worked out in float and rounded. */
#define HOSTCUDA_FUNCTION(name, value)                             \
  static inline HOSTCUDA_NUMBER h##name(const HOSTCUDA_NUMBER a) { \
    const float x = a;                                             \
    return HOSTCUDA_NUMBER(float(value));                          \
  }                                                                \
  HOSTCUDA_ONE(h2##name, h##name)
HOSTCUDA_FUNCTION(sqrt, std::sqrt(x))
HOSTCUDA_FUNCTION(rsqrt, 1.0 / std::sqrt(double(x)))
HOSTCUDA_FUNCTION(rcp, 1.0f / x)
HOSTCUDA_FUNCTION(log, std::log(x))
HOSTCUDA_FUNCTION(log2, std::log2(x))
HOSTCUDA_FUNCTION(log10, std::log10(x))
HOSTCUDA_FUNCTION(exp, std::exp(x))
HOSTCUDA_FUNCTION(exp2, std::exp2(x))
HOSTCUDA_FUNCTION(exp10, std::pow(10.0, double(x)))
HOSTCUDA_FUNCTION(sin, std::sin(x))
HOSTCUDA_FUNCTION(cos, std::cos(x))
HOSTCUDA_FUNCTION(tanh, std::tanh(x))
HOSTCUDA_FUNCTION(tanh_approx, std::tanh(x))
HOSTCUDA_FUNCTION(trunc, std::trunc(x))
HOSTCUDA_FUNCTION(ceil, std::ceil(x))
HOSTCUDA_FUNCTION(floor, std::floor(x))
HOSTCUDA_FUNCTION(rint, std::nearbyint(x))
#undef HOSTCUDA_FUNCTION
#undef HOSTCUDA_ONE

/** Halves of pairs. */
static inline float __low2float(const HOSTCUDA_PAIR a) { return float(a.x); }
static inline float __high2float(const HOSTCUDA_PAIR a) { return float(a.y); }
static inline HOSTCUDA_PAIR __lowhigh2highlow(const HOSTCUDA_PAIR a) {
  return HOSTCUDA_PAIR(a.y, a.x);
}

/** Plain loads: a host's caches know best. */
static inline HOSTCUDA_NUMBER __ldg(const HOSTCUDA_NUMBER* from) { return *from; }
static inline HOSTCUDA_PAIR __ldg(const HOSTCUDA_PAIR* from) { return *from; }
