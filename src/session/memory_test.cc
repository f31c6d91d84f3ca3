// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Small and large blocks.
#include "session/memory.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tenon::session {
namespace {

TEST(Memory, IsAlignedZeroAndWritable) {
  for (const size_t size : {size_t{1}, size_t{4096}, size_t{5} << 20}) {
    Memory memory(size);
    ASSERT_EQ(memory.size(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % 64, 0U);
    const auto bytes = memory.bytes();
    EXPECT_TRUE(
        std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{}; }));
    bytes.front() = bytes.back() = std::byte{7};
  }
}

TEST(Memory, Moves) {
  for (const size_t size : {size_t{64}, size_t{3} << 20}) {
    Memory from(size);
    std::byte* const data = from.data();
    Memory to = std::move(from);
    EXPECT_EQ(to.data(), data);
    Memory other(16);
    other = std::move(to);
    EXPECT_EQ(other.data(), data);
    EXPECT_EQ(other.size(), size);
  }
}

TEST(Memory, IsEmptyWhenThereIsNone) {
  EXPECT_EQ(Memory(0).data(), nullptr);
  Memory impossible(size_t{1} << 60);
  EXPECT_EQ(impossible.data(), nullptr);
  EXPECT_EQ(impossible.size(), 0U);
}

}  // namespace
}  // namespace tenon::session
