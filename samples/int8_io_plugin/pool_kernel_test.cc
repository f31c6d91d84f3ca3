// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The pooling kernels against a plain loop, in every type.
#include "pool_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sample {
namespace {

constexpr Window kWindows[] = {
    {{2, 2}, {2, 2}, {0, 0}}, {{3, 3}, {2, 2}, {1, 1}}, {{3, 2}, {1, 3}, {2, 0}}};
constexpr Planes kInput{3, 9, 11};

/// Steps from -128 to 127, in no order.
std::vector<int> steps() {
  std::vector<int> all(size_t{3} * 9 * 11);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i * 7919 % 256) - 128;
  return all;
}

std::vector<int> expected(std::vector<int> const& in, Window const& window) {
  Planes const output = pooled(kInput, window);
  std::vector<int> out;
  for (int plane = 0; plane < kInput.count; ++plane) {
    for (int y = 0; y < output.height; ++y) {
      for (int x = 0; x < output.width; ++x) {
        int greatest = -1000;
        for (int r = 0; r < window.kernel[0]; ++r) {
          for (int c = 0; c < window.kernel[1]; ++c) {
            int const row = y * window.stride[0] - window.pad[0] + r;
            int const column = x * window.stride[1] - window.pad[1] + c;
            if (row < 0 || row >= kInput.height || column < 0 || column >= kInput.width) continue;
            greatest = std::max(greatest,
                                in[(size_t(plane) * kInput.height + row) * kInput.width + column]);
          }
        }
        out.push_back(greatest);
      }
    }
  }
  return out;
}

TEST(PoolKernel, FindsTheGreatestFloats) {
  auto const in = steps();
  std::vector<float> const floats(in.begin(), in.end());
  for (Window const& window : kWindows) {
    auto const wanted = expected(in, window);
    std::vector<float> out(wanted.size());
    maxPool(floats.data(), out.data(), kInput, window);
    EXPECT_EQ(std::vector<int>(out.begin(), out.end()), wanted);
  }
}

/// Whole numbers of up to eight bits as halves.
uint16_t half(int value) {
  if (value == 0) return 0;
  int const size = std::abs(value);
  int const exponent = static_cast<int>(std::log2(size));
  int const fraction = (size << (10 - exponent)) & 0x3FF;
  return static_cast<uint16_t>((value < 0 ? 0x8000 : 0) | (exponent + 15) << 10 | fraction);
}

TEST(PoolKernel, FindsTheGreatestHalves) {
  auto const in = steps();
  std::vector<uint16_t> halves;
  for (int value : in) halves.push_back(half(value));
  for (Window const& window : kWindows) {
    auto const wanted = expected(in, window);
    std::vector<uint16_t> out(wanted.size());
    maxPoolHalf(halves.data(), out.data(), kInput, window);
    for (size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], half(wanted[i])) << i;
  }
}

TEST(PoolKernel, KeepsInt8StepsOfEqualScales) {
  auto const in = steps();
  std::vector<int8_t> const bytes(in.begin(), in.end());
  for (Window const& window : kWindows) {
    auto const wanted = expected(in, window);
    std::vector<int8_t> out(wanted.size());
    maxPoolInt8(bytes.data(), out.data(), kInput, window, 0.25F, 0.25F);
    EXPECT_EQ(std::vector<int>(out.begin(), out.end()), wanted);
  }
}

TEST(PoolKernel, ScalesInt8StepsAndKeepsThemInRange) {
  auto const in = steps();
  std::vector<int8_t> const bytes(in.begin(), in.end());
  auto const greatest = expected(in, kWindows[0]);
  std::vector<int8_t> out(greatest.size());
  maxPoolInt8(bytes.data(), out.data(), kInput, kWindows[0], 0.3F, 0.2F);
  for (size_t i = 0; i < out.size(); ++i) {
    float const wanted =
        std::clamp(std::nearbyint(static_cast<float>(greatest[i]) * 0.3F / 0.2F), -128.0F, 127.0F);
    ASSERT_EQ(out[i], static_cast<int>(wanted)) << i;
  }
}

}  // namespace
}  // namespace sample
