// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The 8-bit formats E4M3 and E5M2 on the host: storage with conversions, no arithmetic.
#pragma once

#include "cuda_bf16.h"
#include "cuda_fp16.h"

typedef unsigned char __nv_fp8_storage_t;
typedef unsigned short __nv_fp8x2_storage_t;
typedef unsigned int __nv_fp8x4_storage_t;

/** What is too large becomes infinity (E5M2) or NaN (E4M3), or the largest finite number. */
typedef enum __nv_saturation_t { __NV_NOSAT, __NV_SATFINITE } __nv_saturation_t;
typedef enum __nv_fp8_interpretation_t { __NV_E4M3, __NV_E5M2 } __nv_fp8_interpretation_t;

#ifdef __cplusplus

/** To nearest, halfway to even. NaN is 0x7F. */
static inline __nv_fp8_storage_t __nv_cvt_double_to_fp8(const double x,
                                                        const __nv_saturation_t saturate,
                                                        const __nv_fp8_interpretation_t format) {
  using hostcuda_numbers::Rounding;
  if (std::isnan(x)) return 0x7F;
  const unsigned int sign = std::signbit(x) ? 0x80 : 0;
  const double magnitude = std::fabs(x);
  unsigned int code = 0, largest = 0, over = 0;
  if (format == __NV_E5M2) {
    code = hostcuda_numbers::encode<5, 2>(magnitude, Rounding::Nearest);
    largest = 0x7B;
    over = 0x7C;
  } else {
    // E4M3 has no infinity: its last exponent goes on in steps of 32, up to 448.
    code = magnitude < 256    ? hostcuda_numbers::encode<4, 3>(magnitude, Rounding::Nearest)
           : magnitude <= 464 ? 0x70u + static_cast<unsigned int>(std::nearbyint(magnitude / 32))
                              : 0x7Fu;
    largest = 0x7E;
    over = 0x7F;
  }
  if (code > largest) code = saturate == __NV_SATFINITE ? largest : over;
  return static_cast<__nv_fp8_storage_t>(sign | code);
}

static inline __nv_fp8_storage_t __nv_cvt_float_to_fp8(const float x,
                                                       const __nv_saturation_t saturate,
                                                       const __nv_fp8_interpretation_t format) {
  return __nv_cvt_double_to_fp8(x, saturate, format);
}
static inline __nv_fp8_storage_t __nv_cvt_halfraw_to_fp8(const __half_raw x,
                                                         const __nv_saturation_t saturate,
                                                         const __nv_fp8_interpretation_t format) {
  return __nv_cvt_double_to_fp8(float(__half(x)), saturate, format);
}
static inline __nv_fp8_storage_t __nv_cvt_bfloat16raw_to_fp8(
    const __nv_bfloat16_raw x, const __nv_saturation_t saturate,
    const __nv_fp8_interpretation_t format) {
  return __nv_cvt_double_to_fp8(float(__nv_bfloat16(x)), saturate, format);
}

/** Both formats fit into half precision; NaN becomes 0x7FFF. */
static inline __half_raw __nv_cvt_fp8_to_halfraw(const __nv_fp8_storage_t x,
                                                 const __nv_fp8_interpretation_t format) {
  const unsigned int sign = (x & 0x80u) << 8, magnitude = x & 0x7Fu;
  __half_raw raw;
  if (magnitude > (format == __NV_E5M2 ? 0x7Cu : 0x7Eu)) {
    raw.x = 0x7FFF;
  } else if (format == __NV_E5M2) {
    raw.x = static_cast<unsigned short>(x << 8);
  } else {
    // As a half the bits stand for 2^-8 of the value.
    raw.x = static_cast<unsigned short>(magnitude << 7);
    raw.x = static_cast<unsigned short>(sign | __half_raw(__half(float(__half(raw)) * 256.0f)).x);
  }
  return raw;
}

/** Two at once: the first in the low byte. */
static inline __nv_fp8x2_storage_t __nv_cvt_double2_to_fp8x2(
    const double2 x, const __nv_saturation_t saturate, const __nv_fp8_interpretation_t format) {
  return static_cast<__nv_fp8x2_storage_t>(__nv_cvt_double_to_fp8(x.x, saturate, format) |
                                           __nv_cvt_double_to_fp8(x.y, saturate, format) << 8);
}
static inline __nv_fp8x2_storage_t __nv_cvt_float2_to_fp8x2(
    const float2 x, const __nv_saturation_t saturate, const __nv_fp8_interpretation_t format) {
  return __nv_cvt_double2_to_fp8x2(make_double2(x.x, x.y), saturate, format);
}
static inline __nv_fp8x2_storage_t __nv_cvt_halfraw2_to_fp8x2(
    const __half2_raw x, const __nv_saturation_t saturate, const __nv_fp8_interpretation_t format) {
  return __nv_cvt_float2_to_fp8x2(__half22float2(__half2(x)), saturate, format);
}
static inline __nv_fp8x2_storage_t __nv_cvt_bfloat16raw2_to_fp8x2(
    const __nv_bfloat162_raw x, const __nv_saturation_t saturate,
    const __nv_fp8_interpretation_t format) {
  return __nv_cvt_float2_to_fp8x2(__bfloat1622float2(__nv_bfloat162(x)), saturate, format);
}
static inline __half2_raw __nv_cvt_fp8x2_to_halfraw2(const __nv_fp8x2_storage_t x,
                                                     const __nv_fp8_interpretation_t format) {
  __half2_raw raw;
  raw.x = __nv_cvt_fp8_to_halfraw(static_cast<__nv_fp8_storage_t>(x & 0xFF), format).x;
  raw.y = __nv_cvt_fp8_to_halfraw(static_cast<__nv_fp8_storage_t>(x >> 8), format).x;
  return raw;
}

/** One, two and four numbers of a format. They are made with saturation. */
#define HOSTCUDA_FP8(name, pair, four, format)                                                     \
  struct name {                                                                                    \
    __nv_fp8_storage_t __x;                                                                        \
    name() = default;                                                                              \
    template <class T, typename std::enable_if<std::is_arithmetic<T>::value, int>::type = 0>       \
    explicit name(T value)                                                                         \
        : __x(__nv_cvt_double_to_fp8(static_cast<double>(value), __NV_SATFINITE, format)) {}       \
    explicit name(__half value) : __x(__nv_cvt_halfraw_to_fp8(value, __NV_SATFINITE, format)) {}   \
    explicit name(__nv_bfloat16 value)                                                             \
        : __x(__nv_cvt_bfloat16raw_to_fp8(value, __NV_SATFINITE, format)) {}                       \
    explicit operator __half() const { return __half(__nv_cvt_fp8_to_halfraw(__x, format)); }      \
    explicit operator float() const { return float(__half(*this)); }                               \
    explicit operator double() const { return float(*this); }                                      \
    explicit operator __nv_bfloat16() const { return __nv_bfloat16(float(*this)); }                \
  };                                                                                               \
  struct __align__(2) pair {                                                                       \
    __nv_fp8x2_storage_t __x;                                                                      \
    pair() = default;                                                                              \
    explicit pair(float2 value) : __x(__nv_cvt_float2_to_fp8x2(value, __NV_SATFINITE, format)) {}  \
    explicit pair(double2 value)                                                                   \
        : __x(__nv_cvt_double2_to_fp8x2(value, __NV_SATFINITE, format)) {}                         \
    explicit pair(__half2 value)                                                                   \
        : __x(__nv_cvt_halfraw2_to_fp8x2(value, __NV_SATFINITE, format)) {}                        \
    explicit pair(__nv_bfloat162 value)                                                            \
        : __x(__nv_cvt_bfloat16raw2_to_fp8x2(value, __NV_SATFINITE, format)) {}                    \
    explicit operator __half2() const { return __half2(__nv_cvt_fp8x2_to_halfraw2(__x, format)); } \
    explicit operator float2() const { return __half22float2(__half2(*this)); }                    \
  };                                                                                               \
  struct __align__(4) four {                                                                       \
    __nv_fp8x4_storage_t __x;                                                                      \
    four() = default;                                                                              \
    explicit four(float4 value) {                                                                  \
      const pair low(make_float2(value.x, value.y)), high(make_float2(value.z, value.w));          \
      __x = low.__x | static_cast<__nv_fp8x4_storage_t>(high.__x) << 16;                           \
    }                                                                                              \
    explicit operator float4() const {                                                             \
      pair low, high;                                                                              \
      low.__x = static_cast<__nv_fp8x2_storage_t>(__x & 0xFFFF);                                   \
      high.__x = static_cast<__nv_fp8x2_storage_t>(__x >> 16);                                     \
      const float2 a(low), b(high);                                                                \
      return make_float4(a.x, a.y, b.x, b.y);                                                      \
    }                                                                                              \
  };
HOSTCUDA_FP8(__nv_fp8_e4m3, __nv_fp8x2_e4m3, __nv_fp8x4_e4m3, __NV_E4M3)
HOSTCUDA_FP8(__nv_fp8_e5m2, __nv_fp8x2_e5m2, __nv_fp8x4_e5m2, __NV_E5M2)
#undef HOSTCUDA_FP8

#endif
