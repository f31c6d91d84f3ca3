// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The formats of a byte and less: every code there and back, halfway cases, what is too large.
#include <cuda_fp4.h>
#include <cuda_fp8.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <class T>
T of_code(unsigned code) {
  T number;
  number.__x = static_cast<decltype(number.__x)>(code);
  return number;
}

template <class T>
void expect_codes_return(unsigned codes) {
  for (unsigned code = 0; code < codes; ++code) {
    const auto value = static_cast<float>(of_code<T>(code));
    if (std::isfinite(value)) {
      EXPECT_EQ(T(value).__x, code) << value;
    }
  }
}

/// Between two neighbours the nearer wins, in the middle the even code.
template <class T>
void expect_nearest(unsigned largest) {
  for (unsigned code = 0; code < largest; ++code) {
    const auto low = static_cast<double>(of_code<T>(code));
    const auto high = static_cast<double>(of_code<T>(code + 1));
    const double middle = (low + high) / 2;
    EXPECT_EQ(T(middle).__x, code % 2 == 0 ? code : code + 1);
    EXPECT_EQ(T(std::nextafter(middle, low)).__x, code);
    EXPECT_EQ(T(std::nextafter(middle, high)).__x, code + 1);
  }
}

TEST(SmallNumbers, KnownValues) {
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp8_e4m3>(0x7E)), 448.0F);
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp8_e4m3>(0x01)), std::ldexp(1.0F, -9));
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp8_e4m3>(0xB8)), -1.0F);
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp8_e5m2>(0x7B)), 57344.0F);
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp8_e5m2>(0x7C)), kInfinity);
  EXPECT_TRUE(std::isnan(static_cast<float>(of_code<__nv_fp8_e4m3>(0x7F))));
  EXPECT_TRUE(std::isnan(static_cast<float>(of_code<__nv_fp8_e5m2>(0x7D))));
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp4_e2m1>(0x7)), 6.0F);
  EXPECT_EQ(static_cast<float>(of_code<__nv_fp4_e2m1>(0x9)), -0.5F);
}

TEST(SmallNumbers, EveryCodeReturns) {
  expect_codes_return<__nv_fp8_e4m3>(256);
  expect_codes_return<__nv_fp8_e5m2>(256);
  expect_codes_return<__nv_fp4_e2m1>(16);
}

TEST(SmallNumbers, RoundToNearest) {
  expect_nearest<__nv_fp8_e4m3>(0x7E);
  expect_nearest<__nv_fp8_e5m2>(0x7B);
  expect_nearest<__nv_fp4_e2m1>(0x7);
}

TEST(SmallNumbers, TooLargeSaturatesUnlessAskedNotTo) {
  EXPECT_EQ(__nv_fp8_e4m3(1e9F).__x, 0x7E);
  EXPECT_EQ(__nv_fp8_e4m3(-kInfinity).__x, 0xFE);
  EXPECT_EQ(__nv_fp8_e5m2(kInfinity).__x, 0x7B);
  EXPECT_EQ(__nv_fp4_e2m1(100.0F).__x, 0x7);
  EXPECT_EQ(__nv_cvt_float_to_fp8(1e9F, __NV_NOSAT, __NV_E4M3), 0x7F);
  EXPECT_EQ(__nv_cvt_float_to_fp8(-1e9F, __NV_NOSAT, __NV_E5M2), 0xFC);
  EXPECT_EQ(__nv_fp8_e4m3(kNan).__x, 0x7F);
  EXPECT_EQ(__nv_fp8_e5m2(kNan).__x, 0x7F);
}

TEST(SmallNumbers, ConvertToAndFromOtherFormats) {
  const __nv_fp8_e4m3 number(__half(0.3125F));
  EXPECT_EQ(static_cast<float>(number), 0.3125F);
  EXPECT_EQ(static_cast<float>(static_cast<__half>(number)), 0.3125F);
  EXPECT_EQ(static_cast<float>(static_cast<__nv_bfloat16>(number)), 0.3125F);
  EXPECT_EQ(static_cast<float>(__nv_fp8_e5m2(7)), 7.0F);
  const __half_raw raw = __nv_cvt_fp8_to_halfraw(number.__x, __NV_E4M3);
  EXPECT_EQ(static_cast<float>(__half(raw)), 0.3125F);
}

}  // namespace
