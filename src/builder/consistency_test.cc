// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A safe engine is the one that its network gives, and what was changed has a name.
#include "builder/consistency.h"

#include <gtest/gtest.h>

#include <functional>

#include "builder/refit.h"
#include "builder/safe_test.h"

namespace tenon::builder {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ConsistencyTest : public SafeBuild {
 protected:
  void SetUp() override {
    set_batches({1, 5}, {0, 3, 8, 8});
    config.target.name = "a machine";  // So that all have the same bytes.
    const auto graph = graph_of(kSafeNetwork);
    auto made = build_safe(*graph);
    ASSERT_TRUE(made.ok()) << sink.errors();
    plan_ = std::move(*made);
  }

  /// What the checker says of a plan; empty when it is consistent.
  std::string said(const plan::Plan& plan) {
    sink.entries.clear();
    const auto bytes = plan::write(plan, diag);
    EXPECT_TRUE(bytes.ok()) << sink.errors();
    if (!bytes.ok()) return "unsound";
    const auto found = plan::View::open(*bytes, {.inspect_only = true});
    const auto record = RefitRecord::read(found->network(), nullptr, diag);
    if (!record.ok()) return sink.errors();
    const auto derived_plan =
        record->build(registry, simd_reformats_, evaluator_, record->target(), diag);
    if (!derived_plan.ok()) return sink.errors();
    const auto derived_bytes = plan::write(*derived_plan, diag);
    const auto derived = plan::View::open(*derived_bytes, {.inspect_only = true});
    return compare_engines(*found, *derived, diag).ok() ? "" : sink.errors();
  }

  std::string said_after(const std::function<void(plan::Plan&)>& change) {
    plan::Plan changed = plan_;
    change(changed);
    return said(changed);
  }

  plan::Plan plan_;
};

// Shows S-CHK-1.
TEST_F(ConsistencyTest, AnEngineIsWhatItsNetworkGives) {
  EXPECT_EQ(said(plan_), "");
  plan_.record.clear();
  EXPECT_EQ(said(plan_), "") << "the record is no part of it";
}

TEST_F(ConsistencyTest, TimedEnginesAreDerivedWithoutMeasuring) {
  config.level = 3;
  const auto graph = graph_of(kSafeNetwork);
  auto made = build_safe(*graph);
  ASSERT_TRUE(made.ok()) << sink.errors();
  EXPECT_EQ(said(*made), "");
}

// Shows S-CHK-1.
TEST_F(ConsistencyTest, NamesChangedSteps) {
  EXPECT_THAT(said_after([](plan::Plan& p) { p.steps[0].record.tactic += 7; }),
              AllOf(HasSubstr("step 0 'conv1"), HasSubstr("tactic is "),
                    HasSubstr(", but its network gives ")));
  EXPECT_THAT(said_after([](plan::Plan& p) { p.steps[0].name = "other"; }),
              HasSubstr("name is 'other', but its network gives 'conv1"));
  EXPECT_THAT(said_after([](plan::Plan& p) { p.steps[0].record.params.back() ^= std::byte{1}; }),
              HasSubstr("parameters"));
  EXPECT_THAT(said_after([](plan::Plan& p) { p.steps.back().flags ^= 8; }), HasSubstr("flags"));
}

// Shows S-CHK-1.
TEST_F(ConsistencyTest, NamesChangedWeights) {
  EXPECT_THAT(said_after([](plan::Plan& p) {
                for (plan::Step& step : p.steps) {
                  if (step.record.packed.empty()) continue;
                  step.record.packed[0].data[3] ^= std::byte{1};
                  return;
                }
                FAIL() << "no step has packed weights";
              }),
              AllOf(HasSubstr("packed weights"), HasSubstr("differ from byte 3 on")));
}

// Shows S-CHK-1.
TEST_F(ConsistencyTest, NamesAChangedMemoryPlan) {
  const auto move_one = [](plan::Plan& p) {
    for (plan::Tensor& tensor : p.tensors) {
      if (tensor.place != plan::Place::Arena) continue;
      tensor.offset += p.arena_bytes;
      p.arena_bytes *= 2;
      return;
    }
    FAIL() << "no tensor lies in the arena";
  };
  EXPECT_THAT(said_after(move_one), AllOf(HasSubstr("bytes of activations is"),
                                          HasSubstr("offset is"), HasSubstr("2 differences")));
}

// Shows S-CHK-1.
TEST_F(ConsistencyTest, NamesChangedProfilesAndTensors) {
  EXPECT_THAT(said_after([](plan::Plan& p) {
                plan::ProfileRange& range = p.profiles[1].ranges[0];
                range.min[0] = range.opt[0] = range.max[0] = 4;
              }),
              AllOf(HasSubstr("profile 1, input 0"), HasSubstr("shape")));
  EXPECT_THAT(said_after([](plan::Plan& p) { p.tensors[p.outputs[0]].scale = 2; }),
              HasSubstr("scale"));
}

// Shows S-CHK-1.
TEST_F(ConsistencyTest, NamesAChangedNetwork) {
  const std::string text(reinterpret_cast<const char*>(plan_.network.data()), plan_.network.size());
  const size_t name = text.find("conv1");
  ASSERT_NE(name, text.npos);
  EXPECT_THAT(said_after([&](plan::Plan& p) { p.network[name] = std::byte{'k'}; }),
              HasSubstr("name is 'conv1"));
  // Bits all over it: unreadable, another engine, or other notes about the same one.
  for (size_t at = 0; at < plan_.network.size(); at += 97) {
    EXPECT_NE(said_after([&](plan::Plan& p) { p.network[at] ^= std::byte{4}; }), "")
        << at << " in " << ::testing::PrintToString(text.substr(at - std::min<size_t>(at, 40), 80));
  }
}

}  // namespace
}  // namespace tenon::builder
