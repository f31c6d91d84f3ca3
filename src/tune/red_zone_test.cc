// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writes around a buffer are found and placed; writes into it are nobody's business.
#include "tune/red_zone.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tenon::tune {
namespace {

TEST(RedZone, TellsWhereSomebodyWrote) {
  GuardedBuffer buffer(1000);
  ASSERT_NE(buffer.data(), nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % kAlignment, 0U);
  RedZone zone("output 0 \"y\"", buffer, 600);
  zone.paint(SIZE_MAX);
  std::memset(buffer.data(), 1, 600);
  EXPECT_EQ(zone.damage(), "");
  std::memset(buffer.data() + 600, 1, 20);
  EXPECT_EQ(zone.damage(),
            "writes past the end of output 0 \"y\": at byte 600 to 619, but it has 600 bytes");
  zone.paint(SIZE_MAX);
  EXPECT_EQ(zone.damage(), "");
  buffer.data()[-8] = std::byte{1};
  EXPECT_EQ(zone.damage(), "writes before the beginning of output 0 \"y\": at byte -8");
}

TEST(RedZone, IsAsWideAsTheBufferWithinLimits) {
  EXPECT_EQ(GuardedBuffer(1).zone(), 4096U);
  EXPECT_EQ(GuardedBuffer(10000).zone(), 10048U);
  EXPECT_EQ(GuardedBuffer(size_t{4} << 20).zone(), size_t{1} << 20);
  GuardedBuffer buffer(10000);
  RedZone zone("it", buffer, 10000);
  zone.paint(kNarrowZone);
  buffer.data()[19000] = std::byte{1};
  EXPECT_EQ(zone.damage(), "") << "only the edge is watched";
  zone.paint(SIZE_MAX);
  buffer.data()[19000] = std::byte{1};
  EXPECT_NE(zone.damage().find("at byte 19000 to 19000"), std::string::npos);
}

}  // namespace
}  // namespace tenon::tune
