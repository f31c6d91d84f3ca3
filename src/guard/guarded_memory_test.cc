// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Who leaves a block is noted with the exact place, and goes on.
#include "guard/guarded_memory.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/aligned_buffer.h"

namespace tenon::guard {
namespace {

volatile std::byte sink;

TEST(GuardedMemory, EndsWhereAPageEnds) {
  GuardedMemory memory(100);
  ASSERT_TRUE(memory.ok());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % kAlignment, 0U);
  EXPECT_EQ(memory.back().size(), 28U);
  EXPECT_EQ((memory.front().size() + 128) % 4096, 0U);
  std::memset(memory.data(), 1, 100);
}

TEST(GuardedMemory, TellsAReadPastTheEnd) {
  GuardedMemory memory(128);
  ASSERT_TRUE(memory.after().raise());
  sink = memory.data()[130];
  const auto found = memory.after().lower();
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->wrote);
  EXPECT_EQ(memory.offset_after(found->first), 130);
  EXPECT_FALSE(memory.after().raise() && memory.after().lower()) << "it is closed again";
}

TEST(GuardedMemory, TellsWritesAndTheirExtent) {
  GuardedMemory memory(1 << 20);
  ASSERT_TRUE(memory.after().raise() && memory.before().raise());
  std::memset(memory.data(), 1, (1 << 20) + 300000);  // over several pieces
  memory.data()[-5000] = std::byte{1};
  const auto after = memory.after().lower(), before = memory.before().lower();
  ASSERT_TRUE(after && before);
  EXPECT_TRUE(after->wrote && before->wrote);
  EXPECT_EQ(memory.offset_after(after->lowest_write), 1 << 20);
  EXPECT_EQ(memory.offset_after(after->highest_write), (1 << 20) + 299999);
  EXPECT_EQ(memory.offset_before(before->first), -5000);
}

TEST(GuardedMemory, TellsOfEmptyBlocks) {
  GuardedMemory memory(0);
  ASSERT_TRUE(memory.after().raise());
  *memory.data() = std::byte{1};
  const auto found = memory.after().lower();
  ASSERT_TRUE(found);
  EXPECT_EQ(memory.offset_after(found->first), 0);
}

TEST(GuardedMemory, SaysLastWordsForAnAccessOfNoFence) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  GuardedMemory memory(64);
  EXPECT_DEATH(
      {
        const LastWords words("plugin \"X\" of node \"n\", run 1");
        (void)memory.after().raise();
        volatile uintptr_t nowhere = 16;
        *reinterpret_cast<volatile int*>(nowhere) = 1;
      },
      "plugin \"X\" of node \"n\", run 1: touches address 0x10");
}

}  // namespace
}  // namespace tenon::guard
