// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Guarded mode names every one of ten faulty plugins, in the build and in a run, and says nothing
// of their correct twins.
#include <gmock/gmock.h>
#include <tenon/guard.h>

#include <array>
#include <memory>
#include <ostream>
#include <string>

#include "base/sanitized.h"
#include "sayings.h"

namespace {

using namespace nvinfer1;
using testing::AllOf;
using testing::HasSubstr;

/// One of the ten, and what must be said of it.
struct Fault {
  char const* name;
  char const* sentence;
  /// What sees it: the guard of both phases, its warning, the build alone, or the end of the
  /// process.
  enum Seen { kBOTH, kWARNING, kBUILD, kDEATH } seen = kBOTH;
  friend std::ostream& operator<<(std::ostream& out, Fault const& fault) {
    return out << fault.name;
  }
};

Fault const kFaults[] = {
    {"PastTheEnd", "writes past the end of output 0 \"y\": at byte 40 (element 10) to byte 43"},
    {"Neighbour", "reads past the end of input 0 \"x\": at byte 4"},
    {"InPlace", "writes into input 0 \"x\", which it may only read: at byte"},
    {"Vectors",
     "leaves 8 of the 40 bytes of output 0 \"y\" unwritten, the first at byte 32 "
     "(element 8)"},
    {"Scratch", "writes past the end of the workspace: at byte 36 to byte 39, but it has 36 bytes"},
    {"Offset", "loses something when it is serialized", Fault::kBUILD},
    {"Peak", "keeps state in common with its clones"},
    {"Sum", "gives another result when it runs again on the same inputs: output 0 \"y\", byte"},
    {"Copy", "allocates in its run: 1 times, 40 bytes", Fault::kWARNING},
    {"Odd", "node \"node\": plugin FaultyOdd version 1: enqueue threw: this number of elements",
     Fault::kDEATH},
};

/// A network x [2, 5] -> plugin "node" -> y.
class Guard : public testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    if (TENON_SANITIZED && GetParam().seen == Fault::kWARNING) {
      GTEST_SKIP() << "a sanitizer's allocator cannot be watched";
    }
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    runtime.reset(createInferRuntime(sayings));
    ASSERT_NE(runtime->getPluginRegistry().loadLibrary(FAULTY_PLUGINS), nullptr);
  }
  void TearDown() override { tenon::set_guard(nullptr); }

  /// `level` 0 without a guard lets everything in.
  /// `inside`: the plugin is in the branch of a conditional that holds where input c does.
  std::unique_ptr<IHostMemory> build(std::string const& name, bool guarded, bool inside = false) {
    tenon::set_guard(guarded ? "plugins" : "off");
    sayings.errors.clear();
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    if (builder->getPluginRegistry().loadLibrary(FAULTY_PLUGINS) == nullptr) return nullptr;
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {2, 5}});
    IIfConditional* conditional = nullptr;
    if (inside) {
      conditional = network->addIfConditional();
      conditional->setCondition(*network->addInput("c", DataType::kBOOL, Dims{0, {}}));
      x = conditional->addInput(*x)->getOutput(0);
    }
    ILayer* layer = add(*network, x, builder->getPluginRegistry(), name);
    layer->setName("node");
    if (inside) layer = conditional->addOutput(*layer->getOutput(0), *x);
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    if (!guarded) config->setBuilderOptimizationLevel(0);
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  static ILayer* add(INetworkDefinition& network, ITensor* x, IPluginRegistry& registry,
                     std::string const& name) {
    float const offset = 3;
    PluginField const field{"offset", &offset, PluginFieldType::kFLOAT32, 1};
    PluginFieldCollection const fields{1, &field};
    auto* creator = registry.getCreator(name.c_str(), "1");
    if (std::string(creator->getInterfaceInfo().kind) == "PLUGIN CREATOR_V3ONE") {
      std::unique_ptr<IPluginV3> const plugin(
          static_cast<IPluginCreatorV3One*>(creator)->createPlugin("node", &fields,
                                                                   TensorRTPhase::kBUILD));
      return network.addPluginV3(&x, 1, nullptr, 0, *plugin);
    }
    IPluginV2* plugin = static_cast<IPluginCreator*>(creator)->createPlugin("node", &fields);
    ILayer* layer = network.addPluginV2(&x, 1, *plugin);
    plugin->destroy();
    return layer;
  }

  bool runs(IHostMemory const& plan) {
    tenon::set_guard("plugins");
    sayings.errors.clear();
    std::unique_ptr<ICudaEngine> const engine(
        runtime->deserializeCudaEngine(plan.data(), plan.size()));
    std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
    context->setInputTensorAddress("x", given.data());
    context->setTensorAddress("y", got.data());
    if (engine->getNbIOTensors() == 3) context->setInputTensorAddress("c", &holds);
    return context->enqueueV3(nullptr) && context->enqueueV3(nullptr);
  }

  [[nodiscard]] static std::string faulty() { return std::string("Faulty") + GetParam().name; }
  [[nodiscard]] static std::string correct() { return std::string("Correct") + GetParam().name; }

  Sayings sayings;
  std::unique_ptr<IRuntime> runtime;
  std::array<float, 10> given{1, -2, 3, 4, 5, -6, 7, 8, 9, 1};
  std::array<float, 10> got{};
  bool holds = true;
};

TEST_P(Guard, NamesTheFaultyOneInTheBuild) {
  Fault const& fault = GetParam();
  if (fault.seen == Fault::kDEATH) {
    EXPECT_DEATH(build(faulty(), true), fault.sentence);
    return;
  }
  auto const plan = build(faulty(), true);
  EXPECT_EQ(plan == nullptr, fault.seen != Fault::kWARNING);
  std::string const& said = fault.seen == Fault::kWARNING ? sayings.warnings : sayings.errors;
  EXPECT_THAT(said, AllOf(HasSubstr("node \"node\""), HasSubstr(faulty()),
                          HasSubstr(fault.sentence), HasSubstr("guard, build")));
}

TEST_P(Guard, NamesTheFaultyOneInARun) {
  Fault const& fault = GetParam();
  auto const plan = build(faulty(), false);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  if (fault.seen == Fault::kDEATH) {
    EXPECT_DEATH(runs(*plan), fault.sentence);
    return;
  }
  if (fault.seen == Fault::kBUILD) return;  // An engine has lost it already.
  EXPECT_EQ(runs(*plan), fault.seen == Fault::kWARNING);
  std::string const& said = fault.seen == Fault::kWARNING ? sayings.warnings : sayings.errors;
  EXPECT_THAT(said, AllOf(HasSubstr("node"), HasSubstr(faulty()), HasSubstr(fault.sentence),
                          HasSubstr("guard, run 1")));
}

TEST_P(Guard, NamesTheFaultyOneInsideAConditional) {
  Fault const& fault = GetParam();
  if (fault.seen != Fault::kBOTH) return;
  EXPECT_EQ(build(faulty(), true, true), nullptr);
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr(faulty()), HasSubstr("guard, build")));
  auto const plan = build(faulty(), false, true);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  holds = false;
  EXPECT_TRUE(runs(*plan)) << sayings.errors;
  holds = true;
  EXPECT_FALSE(runs(*plan));
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr(faulty()), HasSubstr("guard, run 1")));
}

TEST_P(Guard, SaysNothingOfTheCorrectTwinInsideAConditional) {
  auto const plan = build(correct(), true, true);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_TRUE(runs(*plan)) << sayings.errors;
  EXPECT_EQ(sayings.errors + sayings.warnings, "");
}

TEST_P(Guard, SaysNothingOfTheCorrectTwin) {
  auto const plan = build(correct(), true);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_TRUE(runs(*plan)) << sayings.errors;
  EXPECT_EQ(sayings.errors + sayings.warnings, "");
  bool const offset = correct() == "CorrectOffset";
  if (offset) {
    EXPECT_EQ(got[0], 5);
  }
}

INSTANTIATE_TEST_SUITE_P(TenFaults, Guard, testing::ValuesIn(kFaults),
                         [](auto const& of) { return std::string(of.param.name); });

TEST(GuardSwitch, TakesKnownWordsOnly) {
  EXPECT_TRUE(tenon::set_guard("all"));
  EXPECT_TRUE(tenon::set_guard("off"));
  EXPECT_FALSE(tenon::set_guard("sometimes"));
  EXPECT_TRUE(tenon::set_guard(nullptr));
}

}  // namespace
