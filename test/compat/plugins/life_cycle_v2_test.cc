// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls a version 2 plugin gets, family by family, are those the interface promises.
#include <gmock/gmock.h>

#include <array>
#include <map>
#include <memory>

#include "recording_v2.h"
#include "sayings.h"
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;
using recording::Call;
using recording::Family;
using recording::log;
using testing::AllOf;
using testing::HasSubstr;

/// Frees a plugin as version 2 wants it.
struct Destroy {
  void operator()(IPluginV2* plugin) const noexcept { plugin->destroy(); }
};

/// A network x [3, 4] -> recorder "node" -> y; the dynamic family has [-1, 4], 1 to 8.
class LifeCycleV2 : public testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    log() = {};
    recording::faultsV2() = {};
    creator.setPluginNamespace("test");
  }

  [[nodiscard]] static bool isDynamic() { return GetParam() == Family::kDYNAMIC; }

  std::unique_ptr<IHostMemory> build() {
    sayings.errors.clear();
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {isDynamic() ? -1 : 3, 4}});
    std::unique_ptr<IPluginV2, Destroy> plugin(recording::makeV2(GetParam(), 3));
    IPluginV2Layer* layer = network->addPluginV2(&x, 1, *plugin);
    plugin.reset();
    if (layer == nullptr) return nullptr;
    EXPECT_EQ(layer->getType(), LayerType::kPLUGIN_V2);
    EXPECT_STREQ(layer->getPlugin().getPluginType(), recording::nameOf(GetParam()));
    layer->setName("node");
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    IOptimizationProfile* profile = builder->createOptimizationProfile();
    if (isDynamic()) {
      profile->setDimensions("x", OptProfileSelector::kMIN, Dims{2, {1, 4}});
      profile->setDimensions("x", OptProfileSelector::kOPT, Dims{2, {3, 4}});
      profile->setDimensions("x", OptProfileSelector::kMAX, Dims{2, {8, 4}});
      config->addOptimizationProfile(profile);
    }
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  std::unique_ptr<ICudaEngine> load(IHostMemory const& plan) {
    sayings.errors.clear();
    runtime.reset(createInferRuntime(sayings));
    runtime->getPluginRegistry().registerCreator(creator, "test");
    return std::unique_ptr<ICudaEngine>(runtime->deserializeCudaEngine(plan.data(), plan.size()));
  }

  bool run(IExecutionContext& context, int64_t rows) {
    got.fill(0);
    context.setInputShape("x", Dims{2, {rows, 4}});
    context.setInputTensorAddress("x", given.data());
    context.setTensorAddress("y", got.data());
    return context.enqueueV3(nullptr);
  }

  /// Methods that one object saw, in order.
  static std::vector<std::string> callsOf(int object) {
    std::vector<std::string> all;
    for (Call const& call : log().calls) {
      if (call.object == object) all.push_back(call.method);
    }
    return all;
  }
  /// Every object is initialised, terminated, attached and detached in pairs, and destroyed last.
  static void expectPairs() {
    std::map<int, int> initialized, attached;
    for (Call const& call : log().calls) {
      initialized[call.object] += call.method == "initialize" ? 1 : 0;
      initialized[call.object] -= call.method == "terminate" ? 1 : 0;
      attached[call.object] += call.method == "attachToContext" ? 1 : 0;
      attached[call.object] -= call.method == "detachFromContext" ? 1 : 0;
      for (char const* wrong :
           {"again", "without initialize", "wrong", "not initialized", "later"}) {
        EXPECT_EQ(call.detail.find(wrong), std::string::npos) << call.method << " " << call.detail;
      }
      EXPECT_LE(initialized[call.object], 1);
    }
    for (auto const& [object, balance] : initialized) EXPECT_EQ(balance, 0) << object;
    for (auto const& [object, balance] : attached) EXPECT_EQ(balance, 0) << object;
    EXPECT_EQ(log().alive, 0);
  }

  recording::CreatorV2 creator{GetParam()};
  Sayings sayings;
  std::unique_ptr<IRuntime> runtime;
  std::array<float, 32> given{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::array<float, 32> got{};
};

TEST_P(LifeCycleV2, BuildsInThePromisedOrder) {
  ASSERT_NE(build(), nullptr) << sayings.errors;
  expectPairs();
  bool const own = GetParam() == Family::kIOEXT || isDynamic();
  char const* supports = own ? "supportsFormatCombination" : "supportsFormat";
  EXPECT_EQ(log().count("getNbOutputs"), 1) << "when the layer is added";
  EXPECT_LT(log().first("getNbOutputs"), log().first("getOutputDimensions"));
  EXPECT_LT(log().first("getOutputDimensions"), log().first(supports));
  EXPECT_LT(log().last(supports), log().first("configurePlugin"));
  EXPECT_LT(log().first("configurePlugin"), log().first("getWorkspaceSize"));
  EXPECT_LT(log().first("getWorkspaceSize"), log().first("initialize"));
  EXPECT_LT(log().first("initialize"), log().first("enqueue"));
  EXPECT_LT(log().first("terminate"), log().first("getSerializationSize"));
  EXPECT_LT(log().first("getSerializationSize"), log().first("serialize"));
  EXPECT_GT(log().count("enqueue"), 0) << "a plugin without rivals is tried once";
  if (GetParam() != Family::kV2) {
    EXPECT_LT(log().first("getOutputDataType"), log().first(supports));
    EXPECT_LT(log().first("initialize"), log().first("attachToContext"));
    EXPECT_LT(log().first("attachToContext"), log().first("enqueue"));
  }
}

TEST_P(LifeCycleV2, TellsShapesAsTheFamilyKnowsThem) {
  ASSERT_NE(build(), nullptr) << sayings.errors;
  std::string const configured = log().of("configurePlugin")[0].detail;
  std::string const enqueued = log().of("enqueue")[0].detail;
  std::string const workspace = log().of("getWorkspaceSize")[0].detail;
  switch (GetParam()) {
    case Family::kV2:
    case Family::kEXT:
      EXPECT_EQ(configured, "4 batch 3");
      EXPECT_EQ(workspace, "3");
      EXPECT_EQ(enqueued, "3");
      for (Call const& call : log().of("supportsFormat")) {
        EXPECT_TRUE(call.detail == "0" || call.detail == "1" || call.detail == "2") << call.detail;
      }
      break;
    case Family::kIOEXT:
      EXPECT_EQ(configured, "4");
      EXPECT_EQ(workspace, "3");
      EXPECT_EQ(enqueued, "3");
      break;
    case Family::kDYNAMIC:
      EXPECT_EQ(configured, "-1x4 1x4 3x4 8x4");
      EXPECT_EQ(workspace, "8x4") << "at the greatest shapes";
      EXPECT_EQ(enqueued, "3x4");
      break;
  }
}

TEST_P(LifeCycleV2, RunsFromTheBytesOfTheEngine) {
  auto const plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  log() = {};
  {
    auto const engine = load(*plan);
    ASSERT_NE(engine, nullptr) << sayings.errors;
    ASSERT_EQ(log().count("deserializePlugin"), 1);
    EXPECT_EQ(log().of("deserializePlugin")[0].detail, "node");
    EXPECT_EQ(callsOf(1), (std::vector<std::string>{"setPluginNamespace", "initialize"}));
    EXPECT_EQ(log().of("setPluginNamespace")[0].detail, "test");
    std::unique_ptr<IExecutionContext> const one(engine->createExecutionContext());
    std::unique_ptr<IExecutionContext> const two(engine->createExecutionContext());
    EXPECT_EQ(log().alive, 3) << "the engine's object and one for each context";
    ASSERT_TRUE(run(*one, 3)) << sayings.errors;
    for (size_t i = 0; i < 12; ++i) EXPECT_EQ(got[i], 3 * given[i]);
    EXPECT_EQ(got[12], 0);
    EXPECT_EQ(log().count("initialize"), 1) << "clones are initialised as they are";
    EXPECT_EQ(log().of("enqueue")[0].object, 2) << "the first context's clone runs";
    if (isDynamic()) {
      EXPECT_EQ(log().of("configurePlugin").back().detail, "3x4 3x4 3x4 3x4");
      EXPECT_EQ(log().of("getWorkspaceSize").back().detail, "3x4");
      ASSERT_TRUE(run(*one, 3));
      EXPECT_EQ(log().count("configurePlugin"), 1) << "the shapes are the same";
      ASSERT_TRUE(run(*one, 8));
      EXPECT_EQ(log().count("configurePlugin"), 2);
      EXPECT_EQ(got[11], 36);
    } else {
      EXPECT_EQ(log().count("configurePlugin"), 0) << "a build-phase call";
    }
  }
  runtime.reset();
  expectPairs();
  auto const last = callsOf(1);
  ASSERT_GE(last.size(), 2U);
  EXPECT_EQ(last[last.size() - 2], "terminate");
  EXPECT_EQ(last.back(), "destroy");
}

TEST_P(LifeCycleV2, FailuresAreNamed) {
  auto const plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  recording::FaultsV2& faults = recording::faultsV2();
  faults.initialize = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr("node \"node\""), HasSubstr("initialize of plugin"),
                                    HasSubstr("returned 5")));
  EXPECT_EQ(load(*plan), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("returned 5"));
  faults = {};
  faults.clone = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("clone() of the plugin gives null"));
  faults = {};
  faults.enqueue = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("enqueue returned 3"));
  faults = {};
  faults.writesMore = 24;
  EXPECT_EQ(build(), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("writes 40 bytes, but getSerializationSize gives 16"));
  faults = {};
  faults.deserialize = true;
  EXPECT_EQ(load(*plan), nullptr);
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr("deserializePlugin of name"),
                                    HasSubstr("given 16 bytes, gives null")));
}

TEST_P(LifeCycleV2, AnEngineWithoutItsPluginIsExplained) {
  auto const plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  std::unique_ptr<IRuntime> const bare(createInferRuntime(sayings));
  EXPECT_EQ(bare->deserializeCudaEngine(plan->data(), plan->size()), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr(std::string("name \"") + recording::nameOf(GetParam()) +
                                        "\", version \"1\", namespace \"test\""));
  recording::faultsV2().otherFamily = true;
  EXPECT_EQ(load(*plan), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("but the engine was built with an IPluginV2"));
}

INSTANTIATE_TEST_SUITE_P(Families, LifeCycleV2,
                         testing::Values(Family::kV2, Family::kEXT, Family::kIOEXT,
                                         Family::kDYNAMIC),
                         [](auto const& one) {
                           return std::string(recording::nameOf(one.param)).substr(8);
                         });

TEST(PluginsV2, FixedFamiliesRefuseOpenExtents) {
  Sayings sayings;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {-1, 4}});
  std::unique_ptr<IPluginV2, Destroy> const plugin(recording::makeV2(Family::kIOEXT, 3));
  EXPECT_EQ(network->addPluginV2(&x, 1, *plugin), nullptr);
  EXPECT_THAT(sayings.errors, AllOf(HasSubstr("an IPluginV2IOExt takes fixed extents only"),
                                    HasSubstr("IPluginV2DynamicExt or IPluginV3")));
}

TEST(PluginsV2, ADynamicPluginMayNotWantMoreThanInTheBuild) {
  recording::faultsV2() = {};
  Sayings sayings;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
  std::unique_ptr<IPluginV2, Destroy> const plugin(recording::makeV2(Family::kDYNAMIC, 3));
  network->markOutput(*network->addPluginV2(&x, 1, *plugin)->getOutput(0));
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
  ASSERT_NE(plan, nullptr) << sayings.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  recording::CreatorV2 creator(Family::kDYNAMIC);
  runtime->getPluginRegistry().registerCreator(creator, "test");
  std::unique_ptr<ICudaEngine> const engine(
      runtime->deserializeCudaEngine(plan->data(), plan->size()));
  ASSERT_NE(engine, nullptr) << sayings.errors;
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  std::array<float, 4> values{};
  for (int32_t i = 0; i < engine->getNbIOTensors(); ++i) {
    context->setTensorAddress(engine->getIOTensorName(i), values.data());
  }
  recording::faultsV2().workspace = 65;
  EXPECT_FALSE(context->enqueueV3(nullptr));
  EXPECT_THAT(sayings.errors, HasSubstr("getWorkspaceSize wants 65 bytes for these shapes, but in "
                                        "the build it wanted no more than 64"));
  recording::faultsV2() = {};
}

TEST(PluginsV2, LiveWithVersion3InOneEngineAndOneRegistry) {
  Sayings sayings;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {3, 4}});
  ITensor* y = x;
  for (Family const family : {Family::kV2, Family::kEXT, Family::kIOEXT, Family::kDYNAMIC}) {
    std::unique_ptr<IPluginV2, Destroy> const plugin(recording::makeV2(family, 2));
    y = network->addPluginV2(&y, 1, *plugin)->getOutput(0);
    std::unique_ptr<IPluginV3> const copy(scripted::make({}));
    y = network->addPluginV3(&y, 1, nullptr, 0, *copy)->getOutput(0);
  }
  y->setName("y");
  network->markOutput(*y);
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
  ASSERT_NE(plan, nullptr) << sayings.errors;

  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  recording::CreatorV2 creators[] = {
      recording::CreatorV2(Family::kV2), recording::CreatorV2(Family::kEXT),
      recording::CreatorV2(Family::kIOEXT), recording::CreatorV2(Family::kDYNAMIC)};
  for (auto& creator : creators) EXPECT_TRUE(registry.registerCreator(creator, "test"));
  scripted::Creator third({});
  IPluginCreatorInterface& door = third;
  EXPECT_TRUE(registry.registerCreator(door, "test"));
  EXPECT_FALSE(registry.registerCreator(creators[0], "test")) << "the triple is taken";

  EXPECT_EQ(registry.getPluginCreator("RecorderExt", "1", "test"), &creators[1]);
  EXPECT_EQ(registry.getPluginCreator("Scripted", "1", "test"), nullptr) << "of version 3";
  EXPECT_EQ(registry.getCreator("Scripted", "1", "test"), &door);
  int32_t count = 0;
  EXPECT_NE(registry.getPluginCreatorList(&count), nullptr);
  EXPECT_EQ(count, 4);
  EXPECT_NE(registry.getAllCreators(&count), nullptr);
  EXPECT_EQ(count, 5);

  std::unique_ptr<ICudaEngine> const engine(
      runtime->deserializeCudaEngine(plan->data(), plan->size()));
  ASSERT_NE(engine, nullptr) << sayings.errors;
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  std::array<float, 12> given{1, 2, 3}, got{};
  context->setInputTensorAddress("x", given.data());
  context->setTensorAddress("y", got.data());
  ASSERT_TRUE(context->enqueueV3(nullptr)) << sayings.errors;
  for (size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], 16 * given[i]);

  EXPECT_TRUE(registry.deregisterCreator(creators[0]));
  EXPECT_FALSE(registry.deregisterCreator(creators[0])) << "it is gone";
  EXPECT_EQ(registry.getCreator("RecorderV2", "1", "test"), nullptr);
}

TEST(PluginsV2, TheNamespaceIsToldBeforeTheCreatorIsRegistered) {
  Sayings sayings;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  recording::CreatorV2 plain(Family::kEXT), named(Family::kEXT), again(Family::kEXT);
  EXPECT_TRUE(registry.registerCreator(plain, ""));
  EXPECT_TRUE(registry.registerCreator(named, "other"));
  EXPECT_STREQ(named.getPluginNamespace(), "other");
  EXPECT_EQ(registry.getPluginCreator("RecorderExt", "1", "other"), &named);
  EXPECT_EQ(registry.getPluginCreator("RecorderExt", "1", ""), &plain);
  EXPECT_FALSE(registry.registerCreator(again, "other"));
}

}  // namespace
