// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "hostcuda/numeric/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "hostcuda/numeric/row.h"

namespace hostcuda {
namespace {

/// What the bits of a half mean, by the definition of the format.
double meaning(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int fraction = half & 1023;
  const double sign = half >> 15 == 0 ? 1 : -1;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  return sign *
         (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

TEST(Half, EveryOneMeansWhatItShouldAndComesBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(meaning(half))) {
      ASSERT_TRUE(std::isnan(value) && std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(static_cast<double>(value), meaning(half)) << bits;
      ASSERT_EQ(float_to_half(value), half);
    }
  }
}

TEST(Half, RoundsToTheNearestTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {  // all positive finite neighbours
    const auto low = static_cast<std::uint16_t>(bits);
    const auto high = static_cast<std::uint16_t>(bits + 1);
    const auto middle = static_cast<float>((meaning(low) + meaning(high)) / 2);
    ASSERT_EQ(float_to_half(middle), bits % 2 == 0 ? low : high);
    ASSERT_EQ(float_to_half(std::nextafter(middle, 0.0f)), low);
    ASSERT_EQ(float_to_half(std::nextafter(middle, 1e30f)), high);
  }
  EXPECT_EQ(float_to_half(65519.99f), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00);
  EXPECT_EQ(float_to_half(-1e30f), 0xfc00);
}

TEST(Bfloat, RoundsToTheNearestTiesToEven) {
  EXPECT_EQ(float_to_bfloat(1.0f), 0x3f80);
  EXPECT_EQ(float_to_bfloat(1.0f + 0x1p-8f), 0x3f80);
  EXPECT_EQ(float_to_bfloat(1.0f + 3 * 0x1p-8f), 0x3f82);
  EXPECT_EQ(float_to_bfloat(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_TRUE(std::isnan(bfloat_to_float(float_to_bfloat(std::nanf("")))));
  for (std::uint32_t bits = 0; bits < 0x7f80; ++bits) {
    ASSERT_EQ(float_to_bfloat(bfloat_to_float(static_cast<std::uint16_t>(bits))), bits);
  }
}

TEST(Row, WholeNumbersAreRoundedAndSaturated) {
  const double in[] = {2.5, 3.5, -2.5, 200, -200, std::nan(""), 1e300};
  std::int8_t out[7];
  store_row(Number::S8, out, 0, 1, 7, in);
  const int expected[] = {2, 4, -2, 127, -128, 0, 127};
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(out[i], expected[i]) << i;
  }
  std::int32_t wide[7];
  store_row(Number::S32, wide, 0, 1, 7, in);
  EXPECT_EQ(wide[6], std::numeric_limits<std::int32_t>::max());
}

TEST(Row, StepsMayBeNegativeAndZero) {
  const float in[] = {1, 2, 3, 4};
  double out[3];
  load_row(Number::F32, in, 3, -1, 3, out);
  EXPECT_EQ(out[2], 2);
  load_row(Number::F32, in, 1, 0, 3, out);
  EXPECT_EQ(out[2], 2);
}

}  // namespace
}  // namespace hostcuda
