// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which steps go on which stream, and that memory is shared by what is never needed at once.
#include "builder/streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/aligned_buffer.h"
#include "builder/memory_plan.h"

namespace tenon::builder {
namespace {

using plan::kNoTensor;
using plan::Place;
using testing::Each;
using testing::ElementsAre;

constexpr auto kFree = static_cast<uint32_t>(kernel::Flag::Capturable);

/// Steps that read and write tensors of 1000 bytes in the arena.
class StreamsTest : public testing::Test {
 protected:
  StreamsTest() { input = tensor(Place::Input); }

  uint32_t tensor(Place place = Place::Arena) {
    plan::Tensor& made = plan.tensors.emplace_back();
    made.bytes = 1000;
    made.place = place;
    return static_cast<uint32_t>(plan.tensors.size() - 1);
  }
  /// What the step writes.
  uint32_t step(std::vector<uint32_t> inputs, double us, uint32_t flags = kFree) {
    plan::Step& made = plan.steps.emplace_back();
    made.inputs = std::move(inputs);
    made.outputs = {tensor()};
    made.flags = flags;
    ms.push_back(us / 1000);
    aliases.emplace_back();
    return plan.steps.back().outputs[0];
  }
  /// a, then b and c after it with `us` each, then d of both.
  void diamond(double us, uint32_t flags = kFree) {
    const uint32_t a = step({input}, 10), b = step({a}, us, flags), c = step({a}, us);
    step({b, c}, 10);
  }
  std::vector<uint32_t> streams() const {
    std::vector<uint32_t> all;
    for (const plan::Step& one : plan.steps) all.push_back(one.stream);
    return all;
  }
  StreamChoice choose(int most) { return choose_streams(plan, aliases, ms, most); }

  plan::Plan plan;
  uint32_t input = 0;
  std::vector<double> ms;
  std::vector<std::vector<kernel::Alias>> aliases;
};

TEST_F(StreamsTest, AChainStaysOnTheCallersStream) {
  uint32_t last = input;
  for (int i = 0; i < 6; ++i) last = step({last}, 20);
  EXPECT_EQ(choose(3).aux, 0U);
  EXPECT_THAT(streams(), Each(0U));
  EXPECT_EQ(choose(-1).aux, 0U);
}

TEST_F(StreamsTest, BranchesRunBesideEachOther) {
  diamond(20);
  const StreamChoice choice = choose(-1);
  EXPECT_EQ(choice.aux, 1U);
  EXPECT_THAT(streams(), ElementsAre(0, 0, 1, 0));
  EXPECT_DOUBLE_EQ(choice.alone_us, 60);
  EXPECT_LT(choice.beside_us, 46);
}

TEST_F(StreamsTest, NoneMeansNone) {
  diamond(20);
  EXPECT_EQ(choose(0).aux, 0U);
  EXPECT_THAT(streams(), Each(0U));
}

TEST_F(StreamsTest, KernelsThatFillTheGpuGainNothingByDefault) {
  diamond(200);
  EXPECT_EQ(choose(-1).aux, 0U);
  EXPECT_THAT(streams(), Each(0U));
  EXPECT_EQ(choose(1).aux, 1U) << "whoever asks for streams gets them";
}

TEST_F(StreamsTest, SmallGainsAreLeft) {
  diamond(4);
  EXPECT_EQ(choose(-1).aux, 0U);
}

TEST_F(StreamsTest, UnknownTimesAreGuessedFromBytes) {
  diamond(0);
  plan.target.gpu.memory_bytes_per_ms = 100'000;  // 2000 bytes take 20 us
  EXPECT_EQ(choose(-1).aux, 1U);
}

TEST_F(StreamsTest, PluginsStayOnTheCallersStream) {
  diamond(20, 0);
  EXPECT_EQ(choose(3).aux, 1U);
  EXPECT_THAT(streams(), ElementsAre(0, 0, 1, 0)) << "the other branch goes";
}

TEST_F(StreamsTest, NoMoreStreamsThanAsked) {
  std::vector<uint32_t> ends;
  for (int i = 0; i < 8; ++i) ends.push_back(step({input}, 10));
  step(ends, 10);
  EXPECT_EQ(choose(2).aux, 2U);
  EXPECT_THAT(streams(), Each(testing::Le(2U)));
  EXPECT_EQ(choose(-1).aux, 3U);
  EXPECT_EQ(choose(100).aux, 7U) << "numbers have no gaps";
}

TEST_F(StreamsTest, OverwritingWaitsForOtherReaders) {
  const uint32_t a = step({input}, 10);
  step({a}, 20);
  step({a}, 20);
  aliases.back() = {{0, 0, true}};
  EXPECT_EQ(choose(3).aux, 0U) << "the third step writes over what the second reads";
  const StepOrder order(plan, aliases);
  EXPECT_TRUE(order.before(1, 2));
}

TEST_F(StreamsTest, OrderIsOfStreamsAndNeeds) {
  diamond(20);
  choose(1);
  const StepOrder order(plan, aliases);
  EXPECT_TRUE(order.before(0, 1));
  EXPECT_TRUE(order.before(0, 2));
  EXPECT_FALSE(order.before(1, 2));
  EXPECT_TRUE(order.before(2, 3));
  EXPECT_FALSE(order.before(3, 2));
}

TEST_F(StreamsTest, BranchesShareNoMemoryWhileBothMayRun) {
  // Two chains: one after the other in number, at the same time in truth.
  uint32_t left = input, right = input;
  for (int i = 0; i < 3; ++i) left = step({left}, 20);
  for (int i = 0; i < 3; ++i) right = step({right}, 20);
  step({left, right}, 10);
  ASSERT_EQ(choose(1).aux, 1U);
  plan_memory(plan, aliases);
  const uint64_t beside = plan.arena_bytes;
  for (plan::Step& one : plan.steps) one.stream = 0;
  plan_memory(plan, aliases);
  EXPECT_GT(beside, plan.arena_bytes);
}

/// Runs steps in some order that StepOrder allows, and looks whether each finds what it reads.
void simulate(const plan::Plan& plan, const StepOrder& order, std::mt19937& random) {
  std::vector<uint32_t> memory(plan.arena_bytes / kAlignment, kNoTensor);
  const auto each = [&](const plan::Tensor& tensor, auto&& use) {
    if (tensor.place != Place::Arena) return;
    for (uint64_t at = tensor.offset; at < tensor.offset + tensor.bytes; at += kAlignment) {
      use(memory[at / kAlignment]);
    }
  };
  std::vector<uint32_t> left(plan.steps.size());
  for (uint32_t s = 0; s < left.size(); ++s) left[s] = s;
  while (!left.empty()) {
    std::vector<size_t> ready;
    for (size_t i = 0; i < left.size(); ++i) {
      const bool waits = std::any_of(left.begin(), left.end(),
                                     [&](uint32_t other) { return order.before(other, left[i]); });
      if (!waits) ready.push_back(i);
    }
    ASSERT_FALSE(ready.empty());
    const size_t pick = ready[random() % ready.size()];
    const plan::Step& step = plan.steps[left[pick]];
    for (const uint32_t t : step.inputs) {
      each(plan.tensors[t], [&](uint32_t holds) { ASSERT_EQ(holds, t) << step.name; });
    }
    if (testing::Test::HasFatalFailure()) return;
    for (uint64_t at = 0; at < step.workspace_bytes; at += kAlignment) {
      memory[(step.workspace_offset + at) / kAlignment] = kNoTensor;
    }
    for (const uint32_t t : step.outputs) {
      each(plan.tensors[t], [&](uint32_t& holds) { holds = t; });
    }
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(pick));
  }
}

TEST_F(StreamsTest, MemoryHoldsInEveryOrderOfRandomGraphs) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    plan = {};
    ms.clear();
    aliases.clear();
    std::vector<uint32_t> made{tensor(Place::Input)};
    const size_t steps = 2 + random() % 30;
    for (size_t s = 0; s < steps; ++s) {
      std::vector<uint32_t> inputs;
      for (size_t i = 1 + random() % 3; i > 0; --i) {
        inputs.push_back(made[made.size() - 1 - random() % std::min<size_t>(made.size(), 6)]);
      }
      const bool plugin = random() % 8 == 0;
      made.push_back(step(inputs, 5 + random() % 30, plugin ? 0 : kFree));
      plan.steps.back().workspace_bytes = random() % 3 * 100;
      plan.tensors.back().bytes = 100 * (1 + random() % 3);
      for (int i = 0; i < static_cast<int>(inputs.size()); ++i) aliases.back().push_back({0, i});
    }
    choose(static_cast<int>(random() % 4));
    plan_memory(plan, aliases);
    const StepOrder order(plan, aliases);
    for (int round = 0; round < 5; ++round) simulate(plan, order, random);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace tenon::builder
