// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recorded sessions play the same times, and nothing else.
#include "remote/recording.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "remote/remote_test.h"

namespace tenon::remote {
namespace {

using testing_tools::trial_of;
using tune::fake::record;

/// Times everything with one number.
class Dice final : public Tuner {
 public:
  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort&) override {
    std::vector<tune::Timing> timings(trials.size());
    for (tune::Timing& timing : timings) {
      timing.ms = next_ += 0.1;
      timing.runs = 3;
    }
    return timings;
  }
  [[nodiscard]] const device::Target& target() const noexcept override { return target_; }
  Status finish() override { return {}; }

 private:
  device::Target target_ = device::portable_target();
  double next_ = 0;
};

struct Recording : testing::Test {
  Recording() {
    device::Target machine;
    const auto recorder = record_into(path, "1.0", std::make_unique<Dice>(), diag);
    for (const kernel::Record* one : {&first, &second}) {
      const tune::Trial trials[] = {trial_of(*one, {})};
      live.push_back(recorder->time(trials, {})[0].ms);
    }
    EXPECT_TRUE(recorder->finish().ok()) << said.errors();
  }
  ~Recording() override { std::remove(path.c_str()); }

  std::string path = testing::TempDir() + "tenon_recording_" + std::to_string(::getpid());
  kernel::Record first = record("first", {}), second = record("second", {.busy_us = 3});
  CollectingSink said;
  Diagnostics diag{said};
  std::vector<double> live;
};

TEST_F(Recording, PlaysWhatWasMeasured) {
  const auto player = open_recording(path, "1.0", diag);
  ASSERT_TRUE(player.ok()) << said.errors();
  EXPECT_EQ((*player)->target().isa, device::portable_target().isa);
  const tune::Trial one[] = {trial_of(first, {})}, two[] = {trial_of(second, {})};
  EXPECT_EQ((*player)->time(one, {})[0].ms, live[0]);
  EXPECT_EQ((*player)->time(two, {})[0].ms, live[1]);
  EXPECT_TRUE((*player)->lost().ok());
  EXPECT_FALSE((*player)->time(two, {})[0].status.ok());
  EXPECT_NE(said.errors().find("it ends before node \"second\""), std::string::npos);
}

TEST_F(Recording, RefusesOtherRequests) {
  const auto player = open_recording(path, "1.0", diag);
  ASSERT_TRUE(player.ok());
  const tune::Trial two[] = {trial_of(second, {})};
  EXPECT_FALSE((*player)->time(two, {})[0].status.ok());
  EXPECT_FALSE((*player)->lost().ok());
  EXPECT_NE(said.errors().find("other kernels are asked for"), std::string::npos);
}

TEST_F(Recording, RefusesOtherVersionsAndDamage) {
  EXPECT_FALSE(open_recording(path, "1.1", diag).ok());
  EXPECT_NE(said.errors().find("made by Tenon 1.0, this is 1.1"), std::string::npos);
  EXPECT_FALSE(open_recording(path + ".none", "1.0", diag).ok());
  std::ifstream file(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    std::ofstream(path, std::ios::binary) << damaged;
    EXPECT_FALSE(open_recording(path, "1.0", diag).ok()) << at;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, at);
    EXPECT_FALSE(open_recording(path, "1.0", diag).ok()) << at;
  }
}

}  // namespace
}  // namespace tenon::remote
