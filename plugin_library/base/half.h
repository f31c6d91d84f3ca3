// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// float16 as bits, to and from float32; without branches, so that loops over it vectorise.
#pragma once

#include <bit>
#include <cstdint>

namespace shipped {

/// Exact. NaN stays NaN.
inline float fromHalf(uint16_t half) noexcept {
  uint32_t const sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  uint32_t const magnitude = half & 0x7fffU;
  // Scaling by a power of two brings the exponents together, subnormal numbers included.
  float const scaled = std::bit_cast<float>(magnitude << 13) * 0x1p112F;
  uint32_t const special = magnitude >= 0x7c00U ? 0x7f800000U : 0U;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(scaled) | special | sign);
}

/// Rounds to nearest, ties to even; what is too large becomes infinite.
inline uint16_t toHalf(float value) noexcept {
  uint32_t const bits = std::bit_cast<uint32_t>(value);
  uint32_t const magnitude = bits & 0x7fffffffU;
  // Normal results: move the exponent, then round by adding half a step, less one bit for ties.
  uint32_t const normal = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
  // Subnormal results: adding 0.5 leaves the rounded multiple of 2^-24 in the last bits.
  uint32_t const tiny =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - 0x3f000000U;
  uint32_t half = magnitude < 0x38800000U ? tiny : normal;
  half = magnitude >= 0x47800000U ? 0x7c00U : half;
  half = magnitude > 0x7f800000U ? 0x7e00U : half;
  return static_cast<uint16_t>(half | ((bits >> 16) & 0x8000U));
}

}  // namespace shipped
