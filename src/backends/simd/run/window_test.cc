// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Windows that a record may not have, and how many windows fit.
#include "backends/simd/run/window.h"

#include <gtest/gtest.h>

#include "ops/pooling.h"

namespace tenon::simd {
namespace {

ops::Pooling pooling(int64_t kernel, int64_t stride, int64_t pad, int64_t dilation) {
  return {.kernel = {kernel},
          .strides = {stride},
          .pads_begin = {pad},
          .pads_end = {pad},
          .dilations = {dilation}};
}

TEST(SimdWindow, RefusesParametersOutOfRange) {
  EXPECT_TRUE(Window(pooling(3, 2, 1, 1)).sound());
  for (const int64_t bad : {int64_t{0}, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    EXPECT_FALSE(Window(pooling(bad, 2, 1, 1)).sound());
    EXPECT_FALSE(Window(pooling(3, bad, 1, 1)).sound());
    EXPECT_FALSE(Window(pooling(3, 2, 1, bad)).sound());
    EXPECT_EQ(Window(pooling(3, 2, bad, 1)).sound(), bad == 0);
  }
  ops::Pooling longer = pooling(3, 2, 1, 1);
  longer.dilations.push_back(1);
  EXPECT_FALSE(Window(longer).sound());
}

TEST(SimdWindow, CountsWindows) {
  EXPECT_EQ(Window(pooling(3, 2, 0, 1)).count(0, 7, false), 3);
  EXPECT_EQ(Window(pooling(3, 2, 0, 1)).count(0, 8, false), 3);
  EXPECT_EQ(Window(pooling(3, 2, 0, 1)).count(0, 8, true), 4);
  EXPECT_EQ(Window(pooling(3, 1, 1, 2)).count(0, 5, false), 3);
  // A last window would begin in the padding behind the input.
  EXPECT_EQ(Window(pooling(2, 2, 1, 1)).count(0, 3, true), 2);
  EXPECT_EQ(Window(pooling(3, 1, 0, 1)).count(0, 2, false), -1);
  EXPECT_EQ(Window(pooling(1 << 30, 1, 0, 1 << 30)).count(0, int64_t{1} << 46, false), -1);
}

TEST(SimdWindow, ComparesVolumesThatAreNoNumbers) {
  EXPECT_TRUE(volume_within({}, 1));
  EXPECT_TRUE(volume_within({4, 5}, 20));
  EXPECT_FALSE(volume_within({4, 5}, 19));
  EXPECT_FALSE(volume_within({-1}, 19));
  EXPECT_FALSE(volume_within({int64_t{1} << 40, int64_t{1} << 40}, INT64_MAX));
}

}  // namespace
}  // namespace tenon::simd
