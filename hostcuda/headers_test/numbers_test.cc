// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The formats of 16 and 8 bits: every code, every rounding, and arithmetic against exact values.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

namespace {

template <class T>
T number(std::uint16_t code) {
  T value;
  std::memcpy(static_cast<void*>(&value), &code, sizeof value);
  return value;
}

template <class T>
std::uint16_t code(const T& value) {
  std::uint16_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// What the two formats call their conversions.
struct Half {
  using Number = __half;
  static constexpr int kMantissa = 10, kLowest = -14;
  static Number nearest(float x) { return __float2half(x); }
  static Number down(float x) { return __float2half_rd(x); }
  static Number up(float x) { return __float2half_ru(x); }
  static Number zero(float x) { return __float2half_rz(x); }
};
struct Bfloat {
  using Number = __nv_bfloat16;
  static constexpr int kMantissa = 7, kLowest = -126;
  static Number nearest(float x) { return __float2bfloat16(x); }
  static Number down(float x) { return __float2bfloat16_rd(x); }
  static Number up(float x) { return __float2bfloat16_ru(x); }
  static Number zero(float x) { return __float2bfloat16_rz(x); }
};

/// Floats of all kinds, many of them near what the format can tell apart.
float any_float(std::mt19937& random) {
  const std::uint32_t bits = random();
  float value;
  std::memcpy(&value, &bits, sizeof value);
  if (bits % 3 != 0)
    value = std::ldexp(1.0f + (bits >> 9) * 0x1p-23f, static_cast<int>(bits % 50) - 30);
  return std::isnan(value) ? 1.0f : value;
}

template <class Format>
class Numbers : public testing::Test {};
using Formats = testing::Types<Half, Bfloat>;
TYPED_TEST_SUITE(Numbers, Formats);

TYPED_TEST(Numbers, EveryCodeComesBack) {
  using Number = typename TypeParam::Number;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Number value = number<Number>(static_cast<std::uint16_t>(bits));
    if (std::isnan(float(value))) {
      EXPECT_TRUE(__hisnan(Number(float(value))));
    } else {
      ASSERT_EQ(code(Number(float(value))), bits);
      ASSERT_EQ(code(Number(double(float(value)))), bits);
      ASSERT_EQ(code(TypeParam::up(value)), bits);
    }
  }
}

TYPED_TEST(Numbers, RoundingsEncloseTheValue) {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    const float value = any_float(random);
    const float down = TypeParam::down(value), up = TypeParam::up(value);
    const float nearest = TypeParam::nearest(value), zero = TypeParam::zero(value);
    ASSERT_LE(down, value);
    ASSERT_GE(up, value);
    ASSERT_EQ(zero, std::signbit(value) ? up : down);
    ASSERT_TRUE(nearest == down || nearest == up);
    if (std::isinf(down) || std::isinf(up)) continue;
    ASSERT_LE(std::fabs(double(nearest) - value), std::fabs(double(down) - value));
    ASSERT_LE(std::fabs(double(nearest) - value), std::fabs(double(up) - value));
  }
}

TYPED_TEST(Numbers, HalfwayGoesToEven) {
  using Number = typename TypeParam::Number;
  const float step = std::ldexp(1.0f, -TypeParam::kMantissa);
  EXPECT_EQ(float(Number(1 + step / 2)), 1.0f);
  EXPECT_EQ(float(Number(1 + 3 * step / 2)), 1 + 2 * step);
  const float tiny = std::ldexp(1.0f, TypeParam::kLowest - TypeParam::kMantissa);
  EXPECT_EQ(float(Number(tiny / 2)), 0.0f);
  EXPECT_EQ(float(Number(tiny * 1.5f)), 2 * tiny);
  EXPECT_EQ(code(Number(-tiny / 4)), 0x8000);
}

TYPED_TEST(Numbers, ArithmeticRoundsExactResults) {
  using Number = typename TypeParam::Number;
  std::mt19937 random(2);
  for (int i = 0; i < 200000; ++i) {
    const Number a = number<Number>(static_cast<std::uint16_t>(random()));
    const Number b = number<Number>(static_cast<std::uint16_t>(random()));
    const double x = float(a), y = float(b);
    if (std::isnan(x) || std::isnan(y)) continue;
    const auto same = [](Number got, double expected) {
      return std::isnan(expected) ? __hisnan(got) : code(got) == code(Number(expected));
    };
    ASSERT_TRUE(same(a * b, x * y)) << x << " * " << y;
    ASSERT_TRUE(same(a + b, hostcuda_numbers::odd_sum(x, y))) << x << " + " << y;
    ASSERT_TRUE(same(a - b, hostcuda_numbers::odd_sum(x, -y))) << x << " - " << y;
  }
}

TYPED_TEST(Numbers, FusedRoundsOnce) {
  using Number = typename TypeParam::Number;
  // (1 + s)(1 + s) lies s*s over a number; a small c tips what is halfway.
  const float step = std::ldexp(1.0f, -TypeParam::kMantissa);
  const Number a(1 + step), half_step(step / 2);
  EXPECT_EQ(float(__hfma(a, Number(1.0f), half_step)), 1 + 2 * step);
  const Number tiny(std::ldexp(1.0f, TypeParam::kLowest));
  EXPECT_EQ(float(__hfma(Number(1 + 2 * step), Number(1.0f), half_step)), 1 + 2 * step);
  // Exactly halfway but for c, which no double could hold beside the product.
  const Number x(1 + step), y(1.5f);
  const float middle = (1 + step) * 1.5f;
  const float above = TypeParam::up(middle), below = TypeParam::down(middle);
  EXPECT_EQ(float(__hfma(x, y, tiny)), above);
  EXPECT_EQ(float(__hfma(x, y, -tiny)), below);
}

TYPED_TEST(Numbers, ComparisonsKnowNaN) {
  using Number = typename TypeParam::Number;
  const Number nan(std::numeric_limits<float>::quiet_NaN()), one(1.0f), two(2.0f);
  EXPECT_TRUE(one < two && two > one && one <= one && one != two && one == one);
  EXPECT_FALSE(nan == nan || nan < one || nan >= one);
  EXPECT_TRUE(nan != nan);
  EXPECT_FALSE(__hlt(nan, one) || __hne(nan, one));
  EXPECT_TRUE(__hltu(nan, one) && __hneu(nan, one));
  EXPECT_EQ(float(__hmax(nan, one)), 1.0f);
  EXPECT_TRUE(__hisnan(__hmax_nan(nan, one)));
  EXPECT_EQ(code(__hmax(Number(-0.0f), Number(0.0f))), 0);
  EXPECT_EQ(__hisinf(Number(-std::numeric_limits<float>::infinity())), -1);
}

TEST(HalfNumbers, OverflowDependsOnTheRounding) {
  EXPECT_TRUE(std::isinf(float(__float2half(65520.0f))));
  EXPECT_EQ(float(__float2half(65519.0f)), 65504.0f);
  EXPECT_EQ(float(__float2half_rz(1e30f)), 65504.0f);
  EXPECT_EQ(float(__float2half_rd(1e30f)), 65504.0f);
  EXPECT_TRUE(std::isinf(float(__float2half_rd(-1e30f))));
}

TEST(HalfNumbers, IntegersRoundAndSaturate) {
  EXPECT_EQ(float(__int2half_rn(2049)), 2048.0f);
  EXPECT_EQ(float(__int2half_ru(2049)), 2050.0f);
  EXPECT_EQ(float(__ull2half_rz(~0ull)), 65504.0f);
  EXPECT_EQ(__half2int_rn(__half(2.5f)), 2);
  EXPECT_EQ(__half2int_ru(__half(2.5f)), 3);
  EXPECT_EQ(__half2int_rd(__half(-2.5f)), -3);
  EXPECT_EQ(__half2uint_rz(__half(-1.0f)), 0u);
  EXPECT_EQ(__half2short_rz(__half(60000.0f)), 32767);
  // 2^62 + 2^54 is halfway between two numbers of 8 bits: one more tips it.
  EXPECT_EQ(float(__ll2bfloat16_rn((1ll << 62) + (1ll << 54) + 1)), 0x1.02p62f);
  EXPECT_EQ(float(__ll2bfloat16_rn((1ll << 62) + (1ll << 54))), 0x1p62f);
}

TEST(HalfPairs, WorkHalfByHalf) {
  const __half2 a = __floats2half2_rn(1, 2), b = __half2half2(__half(3.0f));
  const float2 sum = __half22float2(a + b);
  EXPECT_EQ(sum.x, 4.0f);
  EXPECT_EQ(sum.y, 5.0f);
  EXPECT_EQ(__high2float(__hfma2(a, b, b)), 9.0f);
  EXPECT_EQ(__hlt2_mask(a, __floats2half2_rn(2, 1)), 0xFFFFu);
  EXPECT_TRUE(__hblt2(a, b));
  EXPECT_EQ(__low2float(__lowhigh2highlow(a)), 2.0f);
  EXPECT_EQ(sizeof(__half2), 4u);
  EXPECT_EQ(alignof(__nv_bfloat162), 4u);
  EXPECT_EQ(__low2float(h2exp2(__floats2bfloat162_rn(3, 0))), 8.0f);
}

TEST(EightBits, EveryCodeComesBack) {
  for (int bits = 0; bits < 256; ++bits) {
    const auto stored = static_cast<__nv_fp8_storage_t>(bits);
    for (const auto format : {__NV_E4M3, __NV_E5M2}) {
      const float value = __half(__nv_cvt_fp8_to_halfraw(stored, format));
      if (std::isnan(value)) {
        EXPECT_EQ(__nv_cvt_float_to_fp8(value, __NV_NOSAT, format), 0x7F);
      } else {
        EXPECT_EQ(__nv_cvt_float_to_fp8(value, __NV_NOSAT, format), stored);
      }
    }
  }
}

TEST(EightBits, SaturateOrOverflow) {
  EXPECT_EQ(float(__nv_fp8_e4m3(1000.0f)), 448.0f);
  EXPECT_EQ(float(__nv_fp8_e4m3(464.0f)), 448.0f);
  EXPECT_EQ(float(__nv_fp8_e5m2(-1e9f)), -57344.0f);
  EXPECT_EQ(__nv_cvt_float_to_fp8(465.0f, __NV_NOSAT, __NV_E4M3), 0x7F);
  EXPECT_EQ(__nv_cvt_float_to_fp8(1e9f, __NV_NOSAT, __NV_E5M2), 0x7C);
  EXPECT_EQ(float(__nv_fp8_e4m3(0.001f)), 0x1p-9f);
  const float4 four(__nv_fp8x4_e5m2(make_float4(1, -2, 3, 4)));
  EXPECT_EQ(four.y, -2.0f);
  EXPECT_EQ(four.w, 4.0f);
}

}  // namespace
