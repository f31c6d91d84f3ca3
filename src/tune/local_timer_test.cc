// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The timer ranks kernels, keeps reasons of failures and shows kernels the data it should.
#include "tune/local_timer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tune/fake_kernels.h"
#include "tune/sample_data.h"

namespace tenon::tune {
namespace {

struct LocalTimerTest : testing::Test {
  LocalTimerTest() { registry.add_loader("fake", fake::load); }

  Trial& add(const std::string& name, const fake::Behaviour& behaviour) {
    records.push_back(std::make_unique<kernel::Record>(fake::record(name, behaviour)));
    Trial trial;
    trial.name = name;
    trial.record = records.back().get();
    const kernel::TensorDesc desc{DType::F32, {}, {4, 8}, 0};
    trial.inputs.push_back({.desc = desc, .greatest = desc, .present = true, .values = {}});
    trial.outputs = trial.greatest_outputs = {desc};
    trials.push_back(std::move(trial));
    return trials.back();
  }
  std::vector<Timing> time(const Effort& effort) { return timer.time(trials, effort); }

  kernel::Registry registry;
  LocalTimer timer{registry, device::local_target()};
  std::vector<std::unique_ptr<kernel::Record>> records;
  std::vector<Trial> trials;
};

TEST_F(LocalTimerTest, RanksKernelsWarmAndCold) {
  add("slow", {.busy_us = 60});
  add("fast", {.busy_us = 5});
  add("middle", {.busy_us = 20});
  for (const bool cold : {false, true}) {
    const auto timings = time({.runs = 40, .budget_ms = 20, .cold_weights = cold});
    ASSERT_EQ(timings.size(), 3U);
    for (const Timing& timing : timings) ASSERT_TRUE(timing.status.ok()) << timing.reason;
    EXPECT_LT(timings[1].ms, timings[2].ms);
    EXPECT_LT(timings[2].ms, timings[0].ms);
    EXPECT_GE(timings[1].ms, 0.005);
    EXPECT_GE(timings[1].runs, 40);
    EXPECT_TRUE(timings[0].abandoned);
    EXPECT_LT(timings[0].runs, timings[1].runs);
  }
}

TEST_F(LocalTimerTest, GivesUpTheHopelessAfterTwoRuns) {
  add("fast", {.busy_us = 2});
  add("hopeless", {.busy_us = 900});
  const auto timings = time({});
  EXPECT_TRUE(timings[1].abandoned);
  EXPECT_EQ(timings[1].runs, 2);
  EXPECT_GE(timings[1].ms, 0.9);
}

TEST_F(LocalTimerTest, KeepsTheReasonOfEveryFailure) {
  add("good", {});
  add("breaks", {.run_fails = true});
  add("greedy", {.workspace = 4096});
  add("unloadable", {});
  records.back()->params.clear();
  add("homeless", {});
  records.back()->id.family = "nobody";
  const auto timings = time({.workspace_limit = 1024});
  EXPECT_TRUE(timings[0].status.ok());
  EXPECT_NE(timings[1].reason.find("told to fail"), std::string::npos) << timings[1].reason;
  EXPECT_NE(timings[2].reason.find("4096"), std::string::npos) << timings[2].reason;
  EXPECT_NE(timings[3].reason.find("no params"), std::string::npos) << timings[3].reason;
  EXPECT_NE(timings[4].reason.find("no backend 'nobody'"), std::string::npos) << timings[4].reason;
  for (size_t i = 1; i < timings.size(); ++i) EXPECT_FALSE(timings[i].status.ok());
}

TEST_F(LocalTimerTest, ShowsConstantsAsTheyAre) {
  const int32_t values[] = {41, 42};
  const kernel::TensorDesc desc{DType::I32, {}, {2}, 0};
  for (const int32_t expected : {41, 42}) {
    Trial& trial = add("reads", {.expected = expected});
    trial.inputs.push_back({.desc = desc,
                            .greatest = desc,
                            .present = true,
                            .values = std::as_bytes(std::span(values))});
  }
  const auto timings = time({});
  EXPECT_TRUE(timings[0].status.ok()) << timings[0].reason;
  EXPECT_FALSE(timings[1].status.ok());
}

TEST_F(LocalTimerTest, TimesALiveKernelWithoutARecord) {
  fake::Kernel live({.busy_us = 10});
  add("unused", {});
  trials.back().record = nullptr;
  trials.back().live = &live;
  trials.back().shared = {{0, 0}};
  const auto timings = time({});
  ASSERT_TRUE(timings[0].status.ok()) << timings[0].reason;
  EXPECT_GE(timings[0].ms, 0.01);
}

TEST_F(LocalTimerTest, LetsAnOutputLieOverAConstant) {
  const int32_t values[] = {41, 42};
  const kernel::TensorDesc desc{DType::I32, {}, {2}, 0};
  fake::Kernel live({.expected = 41});
  Trial& trial = add("unused", {});
  trial.record = nullptr;
  trial.live = &live;
  trial.inputs.push_back({.desc = desc,
                          .greatest = desc,
                          .present = true,
                          .values = std::as_bytes(std::span(values))});
  trial.outputs = trial.greatest_outputs = {desc};
  trial.shared = {{0, 1}};
  const auto timings = time({});
  EXPECT_TRUE(timings[0].status.ok()) << timings[0].reason;
  EXPECT_EQ(values[0], 41);
}

TEST_F(LocalTimerTest, WatchesWhatNobodyVouchesFor) {
  fake::Kernel past_end({.writes_past = 12}), into_input({.writes_input = true}), good({});
  for (fake::Kernel* live : {&past_end, &into_input, &good}) {
    add("unused", {});
    trials.back().record = nullptr;
    trials.back().live = live;
    trials.back().inputs[0].name = "x";
    trials.back().output_names = {"y"};
  }
  const auto timings = time({});
  EXPECT_EQ(timings[0].reason,
            "writes past the end of output 0 \"y\": at byte 128 to 139, but it has 128 bytes");
  EXPECT_EQ(timings[1].reason, "writes into input 0 \"x\", which it may only read");
  EXPECT_TRUE(timings[2].status.ok()) << timings[2].reason;
}

TEST_F(LocalTimerTest, TriesOnceWhenNoSampleIsWanted) {
  add("only", {});
  const auto timings = time({.runs = 0, .budget_ms = 0, .most_runs = 0});
  EXPECT_TRUE(timings[0].status.ok());
  EXPECT_EQ(timings[0].runs, 0);
}

TEST(SampleData, IsSaneInEveryType) {
  float floats[256] = {};
  fill_sample(DType::F32, std::as_writable_bytes(std::span(floats)));
  bool varied = false;
  for (const float value : floats) {
    EXPECT_LE(std::abs(value), 1);
    varied |= value != floats[0];
  }
  EXPECT_TRUE(varied);
  int64_t indices[4] = {9, 9, 9, 9};
  fill_sample(DType::I64, std::as_writable_bytes(std::span(indices)));
  for (const int64_t index : indices) EXPECT_EQ(index, 0);
  uint16_t halves[64] = {};
  fill_sample(DType::F16, std::as_writable_bytes(std::span(halves)));
  for (const uint16_t half : halves) EXPECT_EQ(half & 0x7c00, 0x3800);
}

}  // namespace
}  // namespace tenon::tune
