// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Messages come out as they went in; hostile ones come out as nothing.
#include "remote/messages.h"

#include <gtest/gtest.h>

#include <limits>

#include "remote/remote_test.h"

namespace tenon::remote {
namespace {

using testing_tools::trial_of;
using tune::fake::record;

struct Messages : testing::Test {
  Messages() {
    one.packed.push_back({Bytes(3, std::byte{1}), Bytes(1000, std::byte{2})});
    two.packed = one.packed;
    two.id.family = "plugin.v3";
    two.plugin_library = "libx.so";
    trials.push_back(trial_of(one, std::as_bytes(std::span(constant))));
    trials.push_back(trial_of(two, std::as_bytes(std::span(constant))));
    trials[1].live = &live;
    trials[1].shared = {{0, 0}};
  }
  [[nodiscard]] Bytes packed() const {
    const tune::Trial* const all[] = {trials.data(), &trials[1]};
    return pack_request(all, {.runs = 5, .budget_ms = 1.5, .most_runs = 50});
  }
  const int32_t constant[2] = {41, 42};
  kernel::Record one = record("one", {.busy_us = 5}), two = record("two", {});
  tune::fake::Kernel live{{}};
  std::vector<tune::Trial> trials;
};

TEST_F(Messages, CarryTrials) {
  const Bytes bytes = packed();
  EXPECT_LT(bytes.size(), 2000U);  // the weights once
  Request got;
  ASSERT_TRUE(read_request(bytes, got));
  EXPECT_EQ(got.effort.runs, 5);
  EXPECT_EQ(got.effort.budget_ms, 1.5);
  ASSERT_EQ(got.trials.size(), 2U);
  EXPECT_EQ(got.watched, (std::vector<uint8_t>{0, 1}));
  for (size_t i = 0; i < 2; ++i) {
    const tune::Trial &sent = trials[i], &came = got.trials[i];
    EXPECT_EQ(came.name, sent.name);
    EXPECT_EQ(came.record->id, sent.record->id);
    EXPECT_EQ(came.record->params, sent.record->params);
    EXPECT_EQ(came.record->packed[0].data, sent.record->packed[0].data);
    EXPECT_EQ(came.record->plugin_library, sent.record->plugin_library);
    ASSERT_EQ(came.inputs.size(), 3U);
    EXPECT_EQ(came.inputs[0].desc, sent.inputs[0].desc);
    EXPECT_TRUE(std::equal(came.inputs[1].values.begin(), came.inputs[1].values.end(),
                           sent.inputs[1].values.begin(), sent.inputs[1].values.end()));
    EXPECT_FALSE(came.inputs[2].present);
    EXPECT_EQ(came.outputs, sent.outputs);
    EXPECT_EQ(came.output_names, sent.output_names);
    EXPECT_EQ(came.shared, sent.shared);
  }
}

TEST_F(Messages, RefuseEveryTruncation) {
  const Bytes bytes = packed();
  for (size_t size = 0; size < bytes.size(); ++size) {
    Request got;
    EXPECT_FALSE(read_request(std::span(bytes).first(size), got)) << size;
  }
}

TEST_F(Messages, SurviveEveryFlippedByte) {
  const Bytes bytes = packed();
  int refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xff}) {
      Bytes flipped = bytes;
      flipped[at] ^= static_cast<std::byte>(change);
      Request got;
      if (!read_request(flipped, got)) {
        ++refused;
        continue;
      }
      for (const tune::Trial& trial : got.trials) {
        for (const tune::TrialInput& input : trial.inputs) {
          if (input.present) EXPECT_LE(input.desc.bytes(), input.greatest.bytes());
        }
      }
    }
  }
  EXPECT_GT(refused, 100);
}

TEST_F(Messages, RefuseSharedMemoryThatDoesNotFit) {
  trials[1].shared = {{0, 1}};  // 128 bytes over 8
  Request small;
  EXPECT_FALSE(read_request(packed(), small));
  trials[1].shared = {{0, 2}};  // over what is absent
  Request absent;
  EXPECT_FALSE(read_request(packed(), absent));
  trials[1].shared = {{1, 0}};
  Request outside;
  EXPECT_FALSE(read_request(packed(), outside));
}

TEST_F(Messages, RefuseEmptyTensorsOfHugeExtents) {
  trials[0].outputs[0].dims = {0, std::numeric_limits<int64_t>::max(), 2, 2};
  trials[0].outputs[0].layout.vector = 8;
  Request got;
  EXPECT_FALSE(read_request(packed(), got));
}

TEST(Message, CarriesTimes) {
  std::vector<tune::Timing> timings(2);
  timings[0].ms = 0.25;
  timings[0].runs = 7;
  timings[0].workspace = 99;
  timings[0].warnings = {"allocates"};
  timings[1].status = {Code::Plugin, "x"};
  timings[1].reason = "it failed";
  const Bytes bytes = pack_timings(timings);
  const auto got = read_timings(bytes, 2);
  ASSERT_TRUE(got);
  EXPECT_EQ((*got)[0].ms, 0.25);
  EXPECT_EQ((*got)[0].runs, 7);
  EXPECT_EQ((*got)[0].workspace, 99U);
  EXPECT_EQ((*got)[0].warnings, timings[0].warnings);
  EXPECT_EQ((*got)[1].status.code, Code::Plugin);
  EXPECT_EQ((*got)[1].reason, "it failed");
  EXPECT_FALSE(read_timings(bytes, 1));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_timings(std::span(bytes).first(size), 2)) << size;
  }
  timings[1] = {.ms = std::numeric_limits<double>::infinity()};  // tried, not timed
  EXPECT_EQ(read_timings(pack_timings(timings), 2)->back().ms, 0);
  timings[0].ms = -1;
  EXPECT_FALSE(read_timings(pack_timings(timings), 2));
}

TEST(Message, CarriesGreetingsAndWishes) {
  const device::Target& here = device::local_target();
  const auto welcome = read_welcome(pack(Welcome{"1.2", here}));
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->target, here);
  device::Target none = here;
  none.cores = 0;
  EXPECT_FALSE(read_welcome(pack(Welcome{"1.2", none})));
  const auto hello = read_hello(pack(Hello{"1.2", {"liba.so"}}));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->plugins, std::vector<std::string>{"liba.so"});
  const std::vector<PluginWish> wishes{{"liba.so", "plugin.v3", "Add", "1", "acme"}};
  const auto got = read_wishes(pack(wishes));
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, wishes);
  const Bytes huge(4, std::byte{0xff});
  EXPECT_FALSE(read_wishes(huge));
}

}  // namespace
}  // namespace tenon::remote
