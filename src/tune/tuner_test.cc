// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tuning lists, times, caches and chooses, and explains what it left out.
#include "tune/tuner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ir/text.h"
#include "tune/counted_timer.h"
#include "tune/fake_kernels.h"
#include "tune/local_timer.h"
#include "tune/profile_log.h"
#include "tune/report.h"

namespace tenon::tune {
namespace {

using kernel::Layout;
using testing::HasSubstr;

struct TunerTest : testing::Test {
  TunerTest() {
    registry.add_loader("fake", fake::load);
    options.target = device::local_target();
    options.target.cores = 2;
    options.max_threads = 2;
    options.level = 1;
    options.cold_weights = false;
  }

  /// A chain of two equal nodes on one image.
  void load_graph(std::vector<fake::Offer> offers) {
    auto parsed = ir::parse(
        "graph \"chain\"\n"
        "input %x : f32[1, 16, 4, 4]\n"
        "%a : f32[1, 16, 4, 4] = unary(%x) {kind = neg} \"first\"\n"
        "%b : f32[1, 16, 4, 4] = unary(%a) {kind = neg} \"second\"\n"
        "output %b\n",
        diag);
    ASSERT_TRUE(parsed.ok()) << sink.errors();
    graph = std::move(parsed).value();
    registry.add_source(std::make_unique<fake::Source>(std::move(offers)));
    for (const auto& node : graph->nodes()) works.push_back(work_of(*node));
    ends = {end_of(graph->inputs()[0], false), end_of(graph->outputs()[0], true)};
  }

  static kernel::PortInfo port_of(const ir::Value& value) {
    kernel::PortInfo port;
    port.min = port.opt = port.max = *expr::to_dims(value.shape());
    return port;
  }
  static std::unique_ptr<Work> work_of(const ir::Node& node) {
    auto work = std::make_unique<Work>();
    work->node = &node;
    work->info.op = &node.op;
    work->info.name = node.name;
    work->info.inputs = {port_of(*node.input(0))};
    work->info.outputs = {port_of(*node.output())};
    work->samples = {nullptr};
    return work;
  }
  static NetworkEnd end_of(const ir::Value* value, bool output) {
    const Dims dims = *expr::to_dims(value->shape());
    return {value, output, dims, dims, {Layout::linear()}, {}};
  }

  Status run(Progress* progress = nullptr) {
    tuner.emplace(registry, reformatter, timer, cache, options);
    TENON_TRY(tuner->tune(works, progress, "test", diag));
    return tuner->select(works, ends, diag);
  }
  [[nodiscard]] const Alternative& chosen(size_t work) const {
    return works[work]->alternatives[works[work]->chosen()];
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  kernel::Registry registry;
  LocalTimer local{registry, device::local_target()};
  CountedTimer timer{local};
  TimingCache cache{device::local_target().fingerprint()};
  fake::Reformatter reformatter{20};
  Options options;
  std::unique_ptr<ir::Graph> graph;
  Works works;
  std::vector<NetworkEnd> ends;
  std::optional<Tuner> tuner;
};

fake::Behaviour busy(double us) { return {.busy_us = us}; }

TEST_F(TunerTest, TakesTheFastestCandidateTacticAndThreads) {
  load_graph({{.name = "slow", .behaviour = [](auto&&...) { return busy(80); }},
              {.name = "quick",
               .tactics = {1, 2},
               .threads = {1, 2},
               .behaviour = [](const Layout&, int32_t tactic, int threads) {
                 return busy(tactic == 2 && threads == 2 ? 5 : 40);
               }}});
  ASSERT_TRUE(run().ok()) << sink.errors();
  for (size_t w = 0; w < 2; ++w) {
    EXPECT_EQ(works[w]->kernel_of(chosen(w)), "fake/quick@1");
    EXPECT_EQ(chosen(w).tactic, 2);
    EXPECT_EQ(chosen(w).threads, 2);
  }
}

TEST_F(TunerTest, TimesEqualWorkOnce) {
  load_graph({{.name = "a", .tactics = {1, 2, 3}}, {.name = "b"}});
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(timer.trials(), 4U);  // not eight: both nodes are the same work
  EXPECT_THAT(timer.summary(), HasSubstr("tuning: 4 kernels timed in 1 requests, "));
  EXPECT_EQ(works[1]->alternatives[0].origin, TimeOrigin::Cache);
  EXPECT_EQ(works[1]->alternatives[0].ms, works[0]->alternatives[0].ms);
}

TEST_F(TunerTest, DoesNotTimeWhatHasNoRival) {
  load_graph({{.name = "only"}});
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(timer.trials(), 0U);
}

TEST_F(TunerTest, TakesTheFirstThatWorksAtLevelZero) {
  options.level = 0;
  load_graph({{.name = "broken", .configure_fails = true},
              {.name = "first", .behaviour = [](auto&&...) { return busy(1000); }},
              {.name = "second"}});
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(timer.trials(), 0U);
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/first@1");
}

TEST_F(TunerTest, DropsWhatFailsAndKeepsTheReason) {
  load_graph(
      {{.name = "unconfigurable", .configure_fails = true},
       {.name = "unrecordable", .record_fails = true},
       {.name = "fails", .behaviour = [](auto&&...) { return fake::Behaviour{.run_fails = true}; }},
       {.name = "eight_threads", .threads = {8}},
       {.name = "picky", .layouts = {}},
       {.name = "good"}});
  ASSERT_TRUE(run().ok()) << sink.errors();
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/good@1");
  const std::string json = report("net", works, ends, *tuner);
  EXPECT_THAT(json, HasSubstr("configuring was told to fail"));
  EXPECT_THAT(json, HasSubstr("recording was told to fail"));
  EXPECT_THAT(json, HasSubstr("the fake kernel was told to fail"));
  EXPECT_THAT(json, HasSubstr("runs on 8 threads only, at most 2 are allowed"));
  EXPECT_THAT(json, HasSubstr("no layout suits"));
}

TEST_F(TunerTest, NamesNodeCandidatesAndReasonsWhenNoneIsLeft) {
  load_graph(
      {{.name = "fails", .behaviour = [](auto&&...) { return fake::Behaviour{.run_fails = true}; }},
       {.name = "unconfigurable", .configure_fails = true},
       {.name = "unrecordable", .record_fails = true}});
  EXPECT_EQ(run().code, Code::Unsupported);
  EXPECT_THAT(sink.errors(), HasSubstr("\"first\" (unary)"));
  EXPECT_THAT(
      sink.errors(),
      HasSubstr(
          "fake/fails@1 [linear -> linear] tactic 0, 1 thread: the fake kernel was told to fail"));
  EXPECT_THAT(sink.errors(), HasSubstr("configuring was told to fail"));
  EXPECT_THAT(sink.errors(), HasSubstr("recording was told to fail"));
}

TEST_F(TunerTest, WeighsReformatsAgainstFasterLayouts) {
  const auto faster_in_hwc = [](const Layout& layout, int32_t, int) {
    return busy(layout.is_linear() ? 30 : 20);
  };
  load_graph({{.name = "either",
               .layouts = {Layout::linear(), Layout::hwc()},
               .behaviour = faster_in_hwc}});
  ASSERT_TRUE(run().ok()) << sink.errors();
  // Two nodes gain 10 µs each, two reformats would cost 20 each.
  EXPECT_TRUE(chosen(0).configuration.inputs[0].layout.is_linear());

  // With channels last allowed at both ends nothing has to be reformatted.
  for (NetworkEnd& end : ends) end.allowed = {Layout::linear(), Layout::hwc()};
  ASSERT_TRUE(tuner->select(works, ends, diag).ok());
  for (size_t w = 0; w < 2; ++w) {
    EXPECT_EQ(chosen(w).configuration.outputs[0].layout, Layout::hwc());
  }
  EXPECT_EQ(ends[0].chosen, Layout::hwc());
}

TEST_F(TunerTest, PutsNoReformatAtADirectEnd) {
  load_graph({{.name = "hwc", .layouts = {Layout::hwc()}},
              {.name = "linear", .layouts = {Layout::linear()}, .behaviour = [](auto&&...) {
                 return busy(90);
               }}});
  for (NetworkEnd& end : ends) end.direct = true;
  ASSERT_TRUE(run().ok()) << sink.errors();
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/linear@1");
  EXPECT_EQ(works[1]->kernel_of(chosen(1)), "fake/linear@1");
  for (const auto& work : works) {
    for (Alternative& one : work->alternatives) {
      if (work->kernel_of(one) == "fake/linear@1") one.refusal = "taken away";
    }
  }
  EXPECT_EQ(tuner->select(works, ends, diag).code, Code::Unsupported);
  EXPECT_THAT(sink.errors(), HasSubstr("at the border of the network"));
}

TEST_F(TunerTest, ConsidersAsManyTacticsAsItMay) {
  load_graph({{.name = "slow", .behaviour = [](auto&&...) { return busy(50); }},
              {.name = "quick", .tactics = {1, 2}}});
  options.max_tactics = 1;
  ASSERT_TRUE(run().ok()) << sink.errors();
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/slow@1");
  EXPECT_EQ(works[0]->alive(), 1U);
}

TEST_F(TunerTest, ChoosesAnewWhatWasRefusedLater) {
  load_graph(
      {{.name = "quick"}, {.name = "slow", .behaviour = [](auto&&...) { return busy(50); }}});
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/quick@1");
  works[0]->alternatives[0].refusal = "could not be loaded";
  ASSERT_TRUE(tuner->select(works, ends, diag).ok());
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/slow@1");
  EXPECT_EQ(works[1]->kernel_of(chosen(1)), "fake/quick@1");
}

TEST_F(TunerTest, FailsOnACacheMissWhenAskedTo) {
  load_graph({{.name = "a"}, {.name = "b"}});
  options.error_on_cache_miss = true;
  EXPECT_EQ(run().code, Code::NotFound);
  EXPECT_THAT(sink.errors(), HasSubstr("no time for node \"first\""));
}

TEST_F(TunerTest, NeverCachesWhatGivesNoKey) {
  load_graph({{.name = "a", .timing_key = std::nullopt}, {.name = "b"}});
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(timer.trials(), 3U);  // "a" once a node, "b" once
  EXPECT_EQ(cache.size(), 1U);
}

TEST_F(TunerTest, TakesWhatTheCachePins) {
  load_graph(
      {{.name = "quick"}, {.name = "slow", .behaviour = [](auto&&...) { return busy(50); }}});
  ASSERT_TRUE(run().ok());
  const WorkKey key = work_key(*works[0], works[0]->alternatives[0]);
  for (const WorkTime& way : cache.ways(key)) {
    if (way.text.starts_with("fake/slow")) cache.pin(key, way.way, way.ms);
  }
  for (auto& work : works) {
    work->candidates.clear();
    work->alternatives.clear();
  }
  ASSERT_TRUE(run().ok()) << sink.errors();
  EXPECT_EQ(works[0]->kernel_of(chosen(0)), "fake/slow@1");
}

TEST_F(TunerTest, AnEditableCacheHasTimesOfEachNodeAndTellsThem) {
  load_graph({{.name = "quick", .layouts = {Layout::linear(), Layout::hwc()}},
              {.name = "slow", .behaviour = [](auto&&...) { return busy(50); }}});
  options.editable_cache = true;
  ASSERT_TRUE(run().ok()) << sink.errors();
  EXPECT_EQ(timer.trials(), 8U)
      << "three ways of each node, which share nothing, and two reformats";
  const WorkKey key = work_key(*works[0], works[0]->alternatives[0]);
  EXPECT_EQ(cache.ways(key).size(), 3U) << "all layouts stand under one key";
  EXPECT_NE(key, work_key(*works[1], works[1]->alternatives[0]));
  log_profiles(works, diag);
  std::string said;
  for (const auto& entry : sink.entries) said += entry.text + "\n";
  EXPECT_THAT(said, HasSubstr("Autotuning op first(key: 0x"));
  EXPECT_THAT(said, HasSubstr("tactic_id, cost(in ms), cost/fastest_cost"));
  EXPECT_THAT(said, HasSubstr(fmt::format("fake/slow@1, 0x{:x},", works[0]->alternatives[2].way)));
  EXPECT_THAT(said, HasSubstr(fmt::format("(tactic hash, cost(in ms)):0x{:x}, ", chosen(1).way)));
}

TEST_F(TunerTest, StopsWhenToldTo) {
  struct Impatient final : Progress {
    void start(std::string_view, std::string_view, int) override { ++open; }
    bool step(std::string_view, int) override { return false; }
    void finish(std::string_view) override { --open; }
    int open = 0;
  } progress;
  load_graph({{.name = "a"}});
  EXPECT_EQ(run(&progress).code, Code::Cancelled);
  EXPECT_EQ(progress.open, 0);
}

TEST_F(TunerTest, ReportsAllItKnew) {
  load_graph({{.name = "a", .layouts = {Layout::linear(), Layout::hwc()}}, {.name = "b"}});
  ASSERT_TRUE(run().ok());
  const auto json = nlohmann::json::parse(report("net", works, ends, *tuner));
  EXPECT_EQ(json["network"], "net");
  ASSERT_EQ(json["nodes"].size(), 2U);
  EXPECT_EQ(json["nodes"][0]["name"], "first");
  EXPECT_EQ(json["nodes"][0]["alternatives"].size(), 3U);
  size_t chosen_ones = 0;
  for (const auto& one : json["nodes"][1]["alternatives"]) {
    EXPECT_GE(one["ms"].get<double>(), 0);
    chosen_ones += one.contains("chosen");
  }
  EXPECT_EQ(chosen_ones, 1U);
  EXPECT_EQ(json["ends"].size(), 2U);
  EXPECT_GE(json["reformats"].size(), 2U);
}

}  // namespace
}  // namespace tenon::tune
