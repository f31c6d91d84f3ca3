// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a thread takes from the heap is counted, and only while it is watched.
#include "guard/allocation_watch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace tenon::guard {
namespace {

void* volatile kept;

class AllocationWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!AllocationWatch::enable()) GTEST_SKIP() << "imports are of a kind that cannot be replaced";
  }
};

TEST_F(AllocationWatchTest, CountsEveryWayToTakeMemory) {
  const AllocationWatch watch;
  EXPECT_EQ(watch.count(), 0U);
  kept = std::malloc(100);
  kept = std::realloc(kept, 200);
  std::free(kept);
  EXPECT_EQ(watch.count(), 2U);
  EXPECT_EQ(watch.bytes(), 300U);
  kept = ::operator new(10);
  ::operator delete(kept);
  kept = std::aligned_alloc(64, 64);
  std::free(kept);
  EXPECT_EQ(watch.count(), 4U);
}

TEST_F(AllocationWatchTest, SeesWhatTheStandardLibraryTakes) {
  const std::string text(100, 'x');
  const AllocationWatch watch;
  const std::string copy = text + text;
  EXPECT_GE(watch.count(), 1U);
}

TEST_F(AllocationWatchTest, LeavesOtherThreadsAndTimesOut) {
  size_t after = 0;
  {
    const AllocationWatch watch;
    const size_t before = watch.count();
    std::vector<int> first(10);
    EXPECT_EQ(watch.count(), before + 1);
    after = watch.count();
  }
  std::thread([] { kept = std::malloc(10), std::free(kept); }).join();
  kept = std::malloc(10);
  std::free(kept);
  const AllocationWatch watch;
  EXPECT_EQ(watch.count(), 0U);
  EXPECT_GT(after, 0U);
}

}  // namespace
}  // namespace tenon::guard
