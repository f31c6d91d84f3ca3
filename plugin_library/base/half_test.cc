// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All float16 numbers there are, and the rounding between them.
#include "plugin_library/base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace shipped {
namespace {

constexpr uint32_t kInfinity = 0x7c00;

TEST(Half, EveryNumberComesBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    auto const half = static_cast<uint16_t>(bits);
    float const value = fromHalf(half);
    if ((bits & 0x7fff) > kInfinity) {
      EXPECT_TRUE(std::isnan(value));
      EXPECT_TRUE(std::isnan(fromHalf(toHalf(value))));
    } else {
      EXPECT_EQ(toHalf(value), half) << bits;
      float const fraction = static_cast<float>(bits & 0x3ff);
      auto const exponent = static_cast<int>((bits >> 10) & 31);
      float const size = exponent == 0    ? std::ldexp(fraction, -24)
                         : exponent == 31 ? std::numeric_limits<float>::infinity()
                                          : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(value, (bits & 0x8000) != 0 ? -size : size) << bits;
    }
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  for (uint16_t half = 0; half + 1U < kInfinity; ++half) {
    float const low = fromHalf(half), high = fromHalf(static_cast<uint16_t>(half + 1));
    float const middle = low + (high - low) / 2;
    EXPECT_EQ(toHalf(middle), half + half % 2);
    EXPECT_EQ(toHalf(std::nextafter(middle, low)), half);
    EXPECT_EQ(toHalf(std::nextafter(middle, high)), half + 1);
  }
  EXPECT_EQ(toHalf(65519.0F), 0x7bff);
  EXPECT_EQ(toHalf(65520.0F), kInfinity);
  EXPECT_EQ(toHalf(-1e30F), 0x8000U | kInfinity);
}

}  // namespace
}  // namespace shipped
