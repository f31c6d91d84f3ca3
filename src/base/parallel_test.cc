// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The pool gives every item out once, whoever else uses it.
#include "base/parallel.h"

#include <sched.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/thread_scope.h"

namespace tenon {
namespace {

TEST(Parallel, VisitsEveryItemOnce) {
  for (const int threads : {1, 2, 5}) {
    for (const int64_t count : {0, 1, 7, 1000}) {
      std::vector<std::atomic<int>> visits(static_cast<size_t>(count));
      parallel_for(threads, count, 3, [&](int64_t begin, int64_t end) {
        EXPECT_EQ(begin % 3, 0);
        for (int64_t i = begin; i < end; ++i) visits[static_cast<size_t>(i)]++;
      });
      for (const auto& visit : visits) ASSERT_EQ(visit, 1);
    }
  }
}

TEST(Parallel, ServesSeveralCallersAtOnce) {
  std::atomic<int64_t> total{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        parallel_for(3, 64, 1, [&](int64_t begin, int64_t end) { total += end - begin; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total, 4 * 500 * 64);
}

TEST(Parallel, NestedLoopsRunInline) {
  std::atomic<int> total{0};
  parallel_for(2, 4, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      parallel_for(2, 10, 1, [&](int64_t b, int64_t e) { total += static_cast<int>(e - b); });
    }
  });
  EXPECT_EQ(total, 40);
}

TEST(Parallel, KeepsToAScopesThreads) {
  std::atomic<int> parts{0};
  const auto count = [&](int64_t, int64_t) { ++parts; };
  ThreadLimits limits;
  limits.threads = 1;
  {
    const ThreadScope scope(limits);
    EXPECT_EQ(thread_limit(), 1);
    parallel_for(3, 64, 1, count);
    EXPECT_EQ(parts, 1);
  }
  parts = 0;
  parallel_for(3, 64, 1, count);
  EXPECT_EQ(parts, 3);
}

TEST(Parallel, RunsInlineWhileAnotherLoopHoldsThePool) {
  std::atomic<bool> release{false};
  std::atomic<int> begun{0};
  std::thread other([&] {
    parallel_for(2, 2, 1, [&](int64_t begin, int64_t) {
      ++begun;
      while (begin == 1 && !release) std::this_thread::yield();
    });
  });
  while (begun < 2) std::this_thread::yield();
  std::vector<std::thread::id> ran_on;  // Not guarded: one thread fills it.
  parallel_for(2, 1000, 1, [&](int64_t, int64_t) { ran_on.push_back(std::this_thread::get_id()); });
  EXPECT_EQ(ran_on, std::vector{std::this_thread::get_id()});
  release = true;
  other.join();
}

TEST(Parallel, GivesEachPartOfShortLoopsOnce) {
  std::atomic<int> parts{0};
  for (int round = 0; round < 20000; ++round) {
    const int before = parts;
    parallel_for(7, 7, 1, [&](int64_t, int64_t) { ++parts; });
    ASSERT_EQ(parts, before + 7);  // Nobody is late, nobody comes twice.
  }
}

TEST(Parallel, RunsOnATeamThatIsGivenAndMayHaveFewer) {
  static std::atomic<int> asked;
  asked = 0;
  for (const int members : {1, 3}) {
    static std::atomic<int> most;
    most = members;
    use_team([](int threads, void (*member)(void*, int), void* argument) {
      asked += threads;
      std::vector<std::thread> others;
      for (int i = 1; i < std::min<int>(threads, most); ++i)
        others.emplace_back(member, argument, i);
      member(argument, 0);
      for (std::thread& other : others) other.join();
    });
    std::atomic<int> items{0};
    parallel_for(3, 64, 1,
                 [&](int64_t begin, int64_t end) { items += static_cast<int>(end - begin); });
    EXPECT_EQ(items, 64);
  }
  EXPECT_EQ(asked, 6);
  use_team(nullptr);
  parallel_for(3, 64, 1, [](int64_t, int64_t) {});
  EXPECT_EQ(asked, 6);
}

TEST(Parallel, HelpersRunOnAScopesCores) {
  const CoreSet all = available_cores();
  for (int core = 0; core < CoreSet::kMost; ++core) {
    if (!all.has(core)) continue;
    ThreadLimits limits;
    limits.cores.add(core);
    const ThreadScope scope(limits);
    const auto caller = std::this_thread::get_id();
    std::atomic<int> elsewhere{0};
    for (int round = 0; round < 20; ++round) {
      parallel_for(2, 2, 1, [&](int64_t, int64_t) {
        if (std::this_thread::get_id() != caller && sched_getcpu() != core) ++elsewhere;
      });
    }
    EXPECT_EQ(elsewhere, 0) << "core " << core;
  }
}

}  // namespace
}  // namespace tenon
