// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What lives at the same time never overlaps, whatever the graph.
#include "builder/memory_plan.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/aligned_buffer.h"

namespace tenon::builder {
namespace {

using plan::kNoTensor;
using plan::Place;

uint32_t add_tensor(plan::Plan& plan, uint64_t bytes, Place place = Place::Arena) {
  plan::Tensor& tensor = plan.tensors.emplace_back();
  tensor.bytes = bytes;
  tensor.place = place;
  return static_cast<uint32_t>(plan.tensors.size() - 1);
}

uint32_t add_step(plan::Plan& plan, std::vector<uint32_t> inputs, std::vector<uint32_t> outputs,
                  uint64_t workspace = 0) {
  plan::Step& step = plan.steps.emplace_back();
  step.inputs = std::move(inputs);
  step.outputs = std::move(outputs);
  step.workspace_bytes = workspace;
  return static_cast<uint32_t>(plan.steps.size() - 1);
}

/// Runs the plan on memory where every byte remembers which value was written to it last, and looks
/// whether each step still finds what it reads. `in_place`: outputs may stand where an input did.
void simulate(const plan::Plan& plan) {
  std::vector<uint32_t> memory(plan.arena_bytes / kAlignment, kNoTensor);
  const auto fill = [&](uint64_t offset, uint64_t bytes, uint32_t value) {
    ASSERT_EQ(offset % kAlignment, 0U);
    ASSERT_LE(offset + bytes, plan.arena_bytes);
    for (uint64_t at = offset; at < offset + bytes; at += kAlignment)
      memory[at / kAlignment] = value;
  };
  for (uint32_t s = 0; s < plan.steps.size(); ++s) {
    const plan::Step& step = plan.steps[s];
    const auto check_inputs = [&] {
      for (const uint32_t t : step.inputs) {
        if (t == kNoTensor || plan.tensors[t].place != Place::Arena) continue;
        const uint64_t from = plan.tensors[t].offset;
        for (uint64_t at = from; at < from + plan.tensors[t].bytes; at += kAlignment) {
          ASSERT_EQ(memory[at / kAlignment], t) << "step " << s << " reads tensor " << t;
        }
      }
    };
    check_inputs();
    fill(step.workspace_offset, step.workspace_bytes, kNoTensor);
    check_inputs();
    for (const uint32_t t : step.outputs) {
      if (plan.tensors[t].place == Place::Arena) {
        fill(plan.tensors[t].offset, plan.tensors[t].bytes, t);
      }
    }
    // Outputs of one step must not overlap each other.
    for (const uint32_t t : step.outputs) {
      if (plan.tensors[t].place != Place::Arena || plan.tensors[t].bytes == 0) continue;
      ASSERT_EQ(memory[plan.tensors[t].offset / kAlignment], t);
    }
  }
}

struct Random {
  explicit Random(unsigned seed) : engine(seed) {}
  uint64_t number(uint64_t low, uint64_t high) {
    return std::uniform_int_distribution<uint64_t>(low, high)(engine);
  }
  std::mt19937 engine;
};

TEST(MemoryPlan, NeverOverlapsWhatLivesInRandomGraphs) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    Random random(seed);
    plan::Plan plan;
    std::vector<uint32_t> made{add_tensor(plan, 100, Place::Input)};
    std::vector<std::vector<kernel::Alias>> aliases;
    for (uint64_t s = 0, steps = random.number(1, 40); s < steps; ++s) {
      std::vector<uint32_t> inputs, outputs;
      for (uint64_t i = random.number(1, 3); i > 0; --i) {
        const uint64_t back = std::min<uint64_t>(random.number(1, 6), made.size());
        inputs.push_back(random.number(0, 9) == 0 ? kNoTensor : made[made.size() - back]);
      }
      for (uint64_t o = random.number(1, 2); o > 0; --o) {
        const Place place = random.number(0, 9) == 0 ? Place::Output : Place::Arena;
        outputs.push_back(add_tensor(plan, random.number(1, 5) * 100, place));
      }
      made.insert(made.end(), outputs.begin(), outputs.end());
      add_step(plan, inputs, outputs, random.number(0, 3) * 70);
      std::vector<kernel::Alias>& permitted = aliases.emplace_back();
      for (int i = 0; i < static_cast<int>(inputs.size()); ++i) permitted.push_back({0, i, false});
    }
    plan_memory(plan, aliases);
    simulate(plan);
    if (HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(MemoryPlan, UsesTwoBuffersForAChain) {
  plan::Plan plan;
  uint32_t last = add_tensor(plan, 1000, Place::Input);
  std::vector<std::vector<kernel::Alias>> aliases(10);
  for (int i = 0; i < 10; ++i) {
    const uint32_t next = add_tensor(plan, 1000);
    add_step(plan, {last}, {next});
    last = next;
  }
  plan_memory(plan, aliases);
  EXPECT_EQ(plan.arena_bytes, 2 * align_up(1000));
}

TEST(MemoryPlan, WorksInPlaceOnlyWhereTheInputDies) {
  plan::Plan plan;
  const uint32_t x = add_tensor(plan, 64, Place::Input), a = add_tensor(plan, 256);
  const uint32_t b = add_tensor(plan, 256), c = add_tensor(plan, 256), d = add_tensor(plan, 256);
  add_step(plan, {x}, {a});
  add_step(plan, {a}, {b});     // a is read again
  add_step(plan, {a, b}, {c});  // both die
  add_step(plan, {c, c}, {d});  // c is read twice
  const std::vector<std::vector<kernel::Alias>> aliases(4, {{0, 0, false}});
  plan_memory(plan, aliases);
  EXPECT_NE(plan.tensors[a].offset, plan.tensors[b].offset);
  EXPECT_EQ(plan.tensors[a].offset, plan.tensors[c].offset);
  EXPECT_NE(plan.tensors[c].offset, plan.tensors[d].offset);
  EXPECT_EQ(plan.arena_bytes, 512U);
}

TEST(MemoryPlan, ObeysRequiredAliases) {
  plan::Plan plan;
  const uint32_t x = add_tensor(plan, 64, Place::Input), a = add_tensor(plan, 256);
  const uint32_t b = add_tensor(plan, 256), c = add_tensor(plan, 256);
  add_step(plan, {x}, {a});
  add_step(plan, {a}, {b}, 128);
  add_step(plan, {b}, {c});
  plan_memory(plan, std::vector<std::vector<kernel::Alias>>{{}, {{0, 0, true}}, {{0, 0, true}}});
  EXPECT_EQ(plan.tensors[a].offset, plan.tensors[b].offset);
  EXPECT_EQ(plan.tensors[a].offset, plan.tensors[c].offset);
  EXPECT_NE(plan.steps[1].workspace_offset, plan.tensors[a].offset);
}

TEST(MemoryPlan, GivesContentItsPlaceOnlyFromItsFirstReader) {
  plan::Plan plan;
  const uint32_t x = add_tensor(plan, 64, Place::Input), a = add_tensor(plan, 64);
  const uint32_t b = add_tensor(plan, 64), content = add_tensor(plan, 64);
  const uint32_t c = add_tensor(plan, 64);
  add_step(plan, {x}, {a});
  add_step(plan, {a}, {b});
  add_step(plan, {b, content}, {c});
  plan_memory(plan, std::vector<std::vector<kernel::Alias>>(3));
  EXPECT_EQ(plan.arena_bytes, 3 * 64U);
  EXPECT_NE(plan.tensors[content].offset, plan.tensors[b].offset);
  EXPECT_NE(plan.tensors[content].offset, plan.tensors[c].offset);
}

}  // namespace
}  // namespace tenon::builder
