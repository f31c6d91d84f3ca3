// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The floating types that C++20 lacks, as bits: to and from float, rounding to nearest even.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tenon::ops {

/// IEEE 754 binary16.
inline float half_to_float(uint16_t bits) noexcept {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000U) << 16;
  const uint32_t exponent = bits >> 10 & 0x1fU, mantissa = bits & 0x3ffU;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000U | mantissa << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  const float small = static_cast<float>(mantissa) * 0x1p-24F;
  return sign != 0 ? -small : small;
}

inline uint16_t float_to_half(float value) noexcept {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000U);
  const uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) return sign | 0x7e00U;
  if (magnitude >= 0x477ff000U) return sign | 0x7c00U;  // rounds past 65504
  if (magnitude < 0x38800000U) {                        // below 2^-14: a multiple of 2^-24
    const float scaled = std::bit_cast<float>(magnitude) * 0x1p24F;
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(std::nearbyint(scaled)));
  }
  const uint32_t rounded = magnitude + 0xfffU + (magnitude >> 13 & 1U);
  return static_cast<uint16_t>(sign | (rounded - 0x38000000U) >> 13);
}

/// bfloat16: the upper half of a float.
inline float bf16_to_float(uint16_t bits) noexcept {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

inline uint16_t float_to_bf16(float value) noexcept {
  const auto bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<uint16_t>(bits >> 16 | 0x40U);
  return static_cast<uint16_t>((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

/// A float of at most 8 bits: sign, kExponent bits, kMantissa bits. kMost is the code of its
/// greatest number, kNan that of what is none (0: every code is a number), kInfinity likewise.
template <int kExponent, int kMantissa, uint8_t kMost, uint8_t kNan, uint8_t kInfinity>
struct TinyFloat {
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr unsigned kSign = 1U << (kExponent + kMantissa);

  static float decode(uint8_t bits) noexcept {
    const unsigned code = bits & (kSign - 1);
    float magnitude = 0;
    if (code > kMost) {
      magnitude = kInfinity != 0 && code == kInfinity ? HUGE_VALF : std::nanf("");
    } else if (const int exponent = static_cast<int>(code >> kMantissa); exponent == 0) {
      magnitude = std::ldexp(static_cast<float>(code), 1 - kBias - kMantissa);
    } else {
      const unsigned mantissa = code & ((1U << kMantissa) - 1);
      magnitude = std::ldexp(static_cast<float>((1U << kMantissa) + mantissa),
                             exponent - kBias - kMantissa);
    }
    return (bits & kSign) != 0 ? -magnitude : magnitude;
  }
  /// To nearest, ties to even; what is too great becomes the greatest number, or, where it does not
  /// saturate, infinity or NaN.
  static uint8_t encode(float value, bool saturates = true) noexcept {
    const unsigned sign = std::signbit(value) ? kSign : 0;
    const auto with_sign = [&](unsigned code) { return static_cast<uint8_t>(sign | code); };
    if (std::isnan(value)) return kNan != 0 ? with_sign(kNan) : uint8_t{0};
    const float magnitude = std::fabs(value);
    const float most = decode(kMost);
    unsigned code = kMost + 1U;
    if (magnitude < 2 * most) {
      const int exponent = magnitude == 0 ? 1 - kBias : std::max(std::ilogb(magnitude), 1 - kBias);
      const float steps = std::nearbyint(std::ldexp(magnitude, kMantissa - exponent));
      code =
          (static_cast<unsigned>(exponent + kBias - 1) << kMantissa) + static_cast<unsigned>(steps);
    }
    if (code <= kMost) return with_sign(code);
    return with_sign(saturates || kNan == 0 ? kMost : kInfinity != 0 ? kInfinity : kNan);
  }
};
/// Source: OCP 8-bit floating point specification, E4M3 and E5M2.
using F8E4M3 = TinyFloat<4, 3, 0x7e, 0x7f, 0>;
using F8E5M2 = TinyFloat<5, 2, 0x7b, 0x7f, 0x7c>;
/// Source: OCP microscaling formats specification, E2M1.
using F4E2M1 = TinyFloat<2, 1, 0x7, 0, 0>;

/// A power of two, 2^(bits − 127); all ones is NaN. Source: OCP microscaling formats, E8M0.
inline float f8e8m0_to_float(uint8_t bits) noexcept {
  return bits == 0xff ? std::nanf("") : std::ldexp(1.0F, static_cast<int>(bits) - 127);
}
/// The least power of two that is not less (`up`), or the greatest that is not more; kept within
/// the type. NaN for NaN, and for negative numbers.
inline uint8_t float_to_f8e8m0(float value, bool up = true) noexcept {
  if (!(value >= 0)) return 0xff;
  int exponent = 0;
  const float fraction = std::frexp(std::min(value, 0x1p127F), &exponent);  // in [0.5, 1)
  if (value == 0) return 0;
  if (!up || fraction == 0.5F) --exponent;
  return static_cast<uint8_t>(std::clamp(exponent + 127, 0, 254));
}

}  // namespace tenon::ops
