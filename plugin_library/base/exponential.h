// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The exponential function without calls and branches, so that loops over it vectorise.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace shipped {

/// e^x with a relative error below 2e-7. Results too small for a normal number are about 1e-38,
/// those too large about 3e38.
inline float exponential(float x) noexcept {
  float const clamped = std::min(std::max(x, -87.0F), 88.0F);
  // x = n ln 2 + r with |r| ≤ ln 2 / 2: adding 1.5 · 2^23 rounds to a whole number.
  constexpr float kRounder = 12582912.0F;
  float const n = (clamped * 1.44269504F + kRounder) - kRounder;
  float const r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
  float e = 1.9875691500e-4F;  // The minimax polynomial of e^r, as in the Cephes library.
  e = e * r + 1.3981999507e-3F;
  e = e * r + 8.3334519073e-3F;
  e = e * r + 4.1665795894e-2F;
  e = e * r + 1.6666665459e-1F;
  e = e * r + 5.0000001201e-1F;
  e = e * (r * r) + r + 1.0F;
  auto const power = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
  return e * std::bit_cast<float>(power);
}

}  // namespace shipped
