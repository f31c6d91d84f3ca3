// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Floating-point formats of a byte and less, on the host: to a number and, rounded, from one.
#pragma once

#include <cmath>
#include <limits>

namespace hostcuda_numbers {

/// A sign before Exponent and Mantissa bits. Codes above kLargest are what the format has beyond
/// its numbers: infinity if kInfinity is one of them, NaN for the rest.
template <int Exponent, int Mantissa, unsigned Largest, unsigned Infinity>
struct Small {
  static constexpr unsigned kLargest = Largest, kInfinity = Infinity;
  static constexpr unsigned kMagnitudes = 1U << (Exponent + Mantissa), kSign = kMagnitudes;
  static constexpr int kBias = (1 << (Exponent - 1)) - 1;

  static float to(unsigned code) {
    const unsigned magnitude = code & (kMagnitudes - 1);
    const float sign = (code & kSign) != 0 ? -1.0F : 1.0F;
    if (magnitude > kLargest) {
      return magnitude == kInfinity ? sign * std::numeric_limits<float>::infinity()
                                    : std::numeric_limits<float>::quiet_NaN();
    }
    const int exponent = static_cast<int>(magnitude >> Mantissa);
    const unsigned rest = magnitude & ((1U << Mantissa) - 1);
    const unsigned whole = exponent == 0 ? rest : rest + (1U << Mantissa);
    return sign *
           std::ldexp(static_cast<float>(whole), (exponent == 0 ? 1 : exponent) - kBias - Mantissa);
  }

  /// The nearest number, halfway to even. Beyond the largest: that one, or with `saturate` false
  /// what the format has for it. NaN gives the highest code.
  static unsigned from(double value, bool saturate = true) {
    if (std::isnan(value)) return kMagnitudes - 1;
    const unsigned sign = std::signbit(value) ? kSign : 0;
    const double magnitude = std::fabs(value);
    unsigned code = kLargest + 1;
    if (magnitude < 2.0 * to(kLargest)) {
      int exponent = 1 - kBias;
      if (magnitude > 0) exponent = std::fmax(exponent, std::ilogb(magnitude));
      const double steps = std::nearbyint(std::ldexp(magnitude, Mantissa - exponent));
      code =
          (static_cast<unsigned>(exponent + kBias - 1) << Mantissa) + static_cast<unsigned>(steps);
    }
    if (code <= kLargest) return sign | code;
    const bool has_infinity = kInfinity > kLargest && kInfinity < kMagnitudes;
    return sign | (saturate || kLargest == kMagnitudes - 1 ? kLargest
                   : has_infinity                          ? kInfinity
                                                           : kMagnitudes - 1);
  }
};

using Fp4E2M1 = Small<2, 1, 0x7, 0>;

}  // namespace hostcuda_numbers

/// A type of the interface: its byte and its conversions, as `format` says.
#define HOSTCUDA_SMALL_NUMBER(name, storage, format)                                      \
  struct name {                                                                           \
    storage __x;                                                                          \
    name() = default;                                                                     \
    explicit name(const double value) : __x(static_cast<storage>(format::from(value))) {} \
    explicit name(const float value) : name(static_cast<double>(value)) {}                \
    explicit name(const __half value) : name(static_cast<float>(value)) {}                \
    explicit name(const __nv_bfloat16 value) : name(static_cast<float>(value)) {}         \
    explicit name(const int value) : name(static_cast<double>(value)) {}                  \
    explicit name(const unsigned int value) : name(static_cast<double>(value)) {}         \
    explicit name(const long long value) : name(static_cast<double>(value)) {}            \
    explicit name(const unsigned long long value) : name(static_cast<double>(value)) {}   \
    explicit operator float() const { return format::to(__x); }                           \
    explicit operator double() const { return format::to(__x); }                          \
    explicit operator __half() const { return __half(format::to(__x)); }                  \
    explicit operator __nv_bfloat16() const { return __nv_bfloat16(format::to(__x)); }    \
    explicit operator int() const { return static_cast<int>(format::to(__x)); }           \
    explicit operator bool() const { return format::to(__x) != 0.0F; }                    \
  }
