// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The two 16-bit float formats as bits: to float exactly, from float to the nearest, ties to even.
#pragma once

#include <bit>
#include <cstdint>

namespace hostcuda {

/// IEEE half to float: exact; infinities and NaN stay what they are.
inline float half_to_float(std::uint16_t half) {
  constexpr std::uint32_t kExponent = 0x7c00u << 13;
  std::uint32_t bits = (half & 0x7fffu) << 13;
  const std::uint32_t exponent = bits & kExponent;
  bits += (127 - 15) << 23;
  if (exponent == kExponent) {  // infinity or NaN: the greatest exponent here too
    bits += (128 - 16) << 23;
  } else if (exponent == 0) {  // below the normal range: let a subtraction normalise
    bits += 1 << 23;
    bits = std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits) - 0x1p-14f);
  }
  return std::bit_cast<float>(bits | (half & 0x8000u) << 16);
}

/// Float to IEEE half; what is 65520 or more becomes infinity.
inline std::uint16_t float_to_half(float value) {
  const auto all = std::bit_cast<std::uint32_t>(value);
  std::uint32_t bits = all & 0x7fffffffu;
  std::uint32_t half = 0;
  if (bits >= 0x47800000u) {
    half = bits > 0x7f800000u ? 0x7e00u : 0x7c00u;
  } else if (bits < 0x38800000u) {  // the addition rounds at the last place of a subnormal half
    half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits) + 0.5f) - (126u << 23);
  } else {
    bits += 0xfffu + ((bits >> 13) & 1u) - (112u << 23);
    half = bits >> 13;
  }
  return static_cast<std::uint16_t>(half | (all >> 16 & 0x8000u));
}

/// bfloat16 to float: exact.
inline float bfloat_to_float(std::uint16_t bfloat) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bfloat) << 16);
}

/// Float to bfloat16; NaN stays NaN.
inline std::uint16_t float_to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return static_cast<std::uint16_t>(is_nan ? (bits >> 16 | 0x40u) : rounded);
}

}  // namespace hostcuda
