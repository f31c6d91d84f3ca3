// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Small floating-point formats: from wider numbers by any rounding, and back.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace hostcuda_numbers {

/// To the nearest, halfway to even; towards zero; towards minus infinity; towards plus infinity.
enum class Rounding { Nearest, Zero, Down, Up };

inline std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Whether a magnitude between two neighbours goes to the upper one. `rest` is what lies above the
/// lower one, in units of the distance; `odd` tells of the lower one.
inline bool rounds_away(double rest, bool odd, bool negative, Rounding rounding) {
  switch (rounding) {
    case Rounding::Nearest:
      return rest > 0.5 || (rest == 0.5 && odd);
    case Rounding::Zero:
      return false;
    case Rounding::Down:
      return negative && rest > 0;
    default:
      return !negative && rest > 0;
  }
}

/// The 16 bits of `value` in a format of Exponent and Mantissa bits behind a sign. NaN is 0x7FFF.
template <int Exponent, int Mantissa>
inline std::uint16_t encode(double value, Rounding rounding) {
  if (std::isnan(value)) return 0x7FFF;
  const bool negative = std::signbit(value);
  const std::uint16_t sign = negative ? 0x8000 : 0;
  const std::uint32_t infinity = ((1u << Exponent) - 1) << Mantissa;
  const double magnitude = std::fabs(value);
  if (std::isinf(magnitude)) return static_cast<std::uint16_t>(sign | infinity);
  if (magnitude == 0) return sign;

  const int lowest = 2 - (1 << (Exponent - 1));  // exponent of the smallest normal number
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  exponent = exponent - 1 < lowest ? lowest : exponent - 1;
  // Beyond the largest exponent the code would run over its bits.
  if (exponent > 1 - lowest + 1) exponent = 1 - lowest + 1;
  const double scaled = std::ldexp(magnitude, Mantissa - exponent);
  const double whole = std::floor(scaled);
  std::uint32_t code = infinity;
  if (whole < double(2u << Mantissa)) {
    const auto number = static_cast<std::uint32_t>(whole);
    code = number + (static_cast<std::uint32_t>(exponent - lowest) << Mantissa);
    code += rounds_away(scaled - whole, number & 1, negative, rounding);
  }
  if (code >= infinity) {
    const bool stays = rounding == Rounding::Zero || (rounding == Rounding::Down && !negative) ||
                       (rounding == Rounding::Up && negative);
    code = stays ? infinity - 1 : infinity;
  }
  return static_cast<std::uint16_t>(sign | code);
}

/// The sum of two numbers with its last bit set when it is not exact ("rounded to odd"): rounding
/// it once more to a much shorter format is then as good as rounding the exact sum.
inline double odd_sum(double a, double b) {
  const double sum = a + b;
  if (std::isnan(sum) || std::isinf(sum)) return sum;
  const double from_b = sum - a;
  const double error = (a - (sum - from_b)) + (b - from_b);
  std::uint64_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  if (error == 0 || (bits & 1)) return sum;
  const double infinity = std::numeric_limits<double>::infinity();
  return std::nextafter(sum, error > 0 ? infinity : -infinity);
}

/// An integer as a double, to odd where it has too many bits.
inline double odd_integer(std::uint64_t magnitude, bool negative) {
  double value = 0;
  if (magnitude >> 53) {
    const std::uint64_t high = (magnitude >> 11) | ((magnitude & 0x7FF) != 0);
    value = std::ldexp(static_cast<double>(high), 11);
  } else {
    value = static_cast<double>(magnitude);
  }
  return negative ? -value : value;
}

template <class T>
inline double odd_integer(T value) {
  const bool negative = value < 0;
  const auto magnitude = static_cast<std::uint64_t>(value);
  return odd_integer(negative ? 0 - magnitude : magnitude, negative);
}

/// The integer of `value` by a rounding, held within the type's range. NaN is 0, or the highest bit
/// in 64-bit types, as devices have it.
template <class T>
inline T to_integer(float value, Rounding rounding) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(value)) return sizeof(T) < 8 ? T(0) : static_cast<T>(std::uint64_t{1} << 63);
  const double wide = value;
  const double whole = rounding == Rounding::Nearest ? std::nearbyint(wide)
                       : rounding == Rounding::Zero  ? std::trunc(wide)
                       : rounding == Rounding::Down  ? std::floor(wide)
                                                     : std::ceil(wide);
  // The largest 64-bit number is no double: its successor is.
  if (whole >= std::ldexp(1.0, Limits::digits)) return (Limits::max)();
  if (whole <= static_cast<double>((Limits::min)())) return (Limits::min)();
  return static_cast<T>(whole);
}

/// IEEE 754 binary16: 5 bits of exponent, 10 of mantissa.
struct Binary16 {
  static std::uint16_t from(double value, Rounding rounding) {
    return encode<5, 10>(value, rounding);
  }

  static std::uint16_t from(float value) {
    const std::uint32_t bits = bits_of(value), magnitude = bits & 0x7FFFFFFF;
    const std::uint32_t sign = (bits >> 16) & 0x8000;
    if (magnitude > 0x7F800000) return 0x7FFF;
    if (magnitude >= 0x477FF000) return static_cast<std::uint16_t>(sign | 0x7C00);
    if (magnitude < 0x38800000) {
      // Below the normal numbers: adding a half moves the last bit to where a float rounds.
      const std::uint32_t code = bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f);
      return static_cast<std::uint16_t>(sign | code);
    }
    const std::uint32_t halfway = 0xFFF + ((magnitude >> 13) & 1);
    return static_cast<std::uint16_t>(sign | ((magnitude + halfway - 0x38000000) >> 13));
  }

  static float to(std::uint16_t code) {
    const std::uint32_t sign = (code & 0x8000u) << 16, magnitude = code & 0x7FFFu;
    if (magnitude >= 0x7C00) return float_of(sign | 0x7F800000 | (magnitude << 13));
    if (magnitude >= 0x400) return float_of(sign | ((magnitude << 13) + 0x38000000));
    const float tiny = static_cast<float>(magnitude) * 5.9604644775390625e-8f;  // 2^-24
    return float_of(sign | bits_of(tiny));
  }
};

/// bfloat16: the upper half of a float.
struct Bfloat16 {
  static std::uint16_t from(double value, Rounding rounding) {
    return encode<8, 7>(value, rounding);
  }

  static std::uint16_t from(float value) {
    const std::uint32_t bits = bits_of(value);
    if ((bits & 0x7FFFFFFF) > 0x7F800000) return 0x7FFF;
    return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
  }

  static float to(std::uint16_t code) { return float_of(static_cast<std::uint32_t>(code) << 16); }
};

}  // namespace hostcuda_numbers
