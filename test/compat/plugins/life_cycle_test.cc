// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls a plugin gets from network to enqueue are those the interface promises, in their order.
#include <NvInfer.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "recording_plugin.h"

namespace {

using namespace nvinfer1;
using recording::log;

/// Keeps what is said.
class Sayings final : public ILogger {
 public:
  void log(Severity severity, char const* text) noexcept override {
    if (severity <= Severity::kERROR) errors += std::string(text) + "\n";
  }
  std::string errors;
};

/// A network of one recorder over an input [-1, 4], batch 1 to 8.
class LifeCycle : public testing::Test {
 protected:
  void SetUp() override { log() = {}; }

  std::unique_ptr<IHostMemory> build() {
    const std::unique_ptr<IBuilder> builder(createInferBuilder(sayings));
    const std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {-1, 4}});
    const std::unique_ptr<IPluginV3> plugin(recording::make(3));
    IPluginV3Layer* layer = network->addPluginV3(&x, 1, nullptr, 0, *plugin);
    if (layer == nullptr) return nullptr;
    layer->setName("recorder");
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
    IOptimizationProfile* profile = builder->createOptimizationProfile();
    profile->setDimensions("x", OptProfileSelector::kMIN, Dims{2, {1, 4}});
    profile->setDimensions("x", OptProfileSelector::kOPT, Dims{2, {2, 4}});
    profile->setDimensions("x", OptProfileSelector::kMAX, Dims{2, {8, 4}});
    config->addOptimizationProfile(profile);
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  std::unique_ptr<IRuntime> runtime() {
    std::unique_ptr<IRuntime> made(createInferRuntime(sayings));
    IPluginCreatorInterface& creator = creator_;
    made->getPluginRegistry().registerCreator(creator, "test");
    return made;
  }

  recording::Creator creator_;
  Sayings sayings;
};

TEST_F(LifeCycle, BuildsInThePromisedOrder) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  EXPECT_EQ(log().alive, 0) << "network and builder freed what they made";
  EXPECT_GE(log().count("clone"), 2) << "the network keeps a clone, the builder works with another";
  for (const auto& call : log().of("getOutputShapes")) EXPECT_EQ(call.detail, "null");
  for (const auto& call : log().of("supportsFormatCombination")) {
    EXPECT_EQ(call.detail.find("later"), std::string::npos) << call.detail;
  }
  EXPECT_LT(log().first("getOutputShapes"), log().first("supportsFormatCombination"));
  EXPECT_LT(log().last("supportsFormatCombination"), log().first("configurePlugin"));
  EXPECT_LT(log().first("configurePlugin"), log().first("getValidTactics"));
  EXPECT_LT(log().first("getValidTactics"), log().first("setTactic"));
  EXPECT_LT(log().first("setTactic"), log().first("enqueue"));
  EXPECT_LT(log().first("attachToContext"), log().first("onShapeChange"));
  EXPECT_LT(log().first("onShapeChange"), log().first("enqueue"));
  EXPECT_LT(log().last("enqueue"), log().last("getFieldsToSerialize"));
  EXPECT_EQ(log().of("configurePlugin")[0].detail, "-1x4 1x4 2x4 8x4");
}

TEST_F(LifeCycle, TimesEveryTacticWithItsNumberSet) {
  ASSERT_NE(build(), nullptr) << sayings.errors;
  bool eleven = false, twelve = false;
  for (const auto& call : log().of("enqueue")) {
    eleven |= call.detail == "11";
    twelve |= call.detail == "12";
    EXPECT_EQ(call.detail.find("without"), std::string::npos);
  }
  EXPECT_TRUE(eleven && twelve);
}

TEST_F(LifeCycle, RunsFromTheFieldsOfTheEngine) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  log() = {};
  const auto run = runtime();
  const std::unique_ptr<ICudaEngine> engine(run->deserializeCudaEngine(plan->data(), plan->size()));
  ASSERT_NE(engine, nullptr) << sayings.errors;
  ASSERT_EQ(log().count("createPlugin"), 1);
  EXPECT_EQ(log().of("createPlugin")[0].detail, "runtime scale for recorder");
  const std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
  EXPECT_EQ(log().count("attachToContext"), 1);
  float x[32], y[32] = {};
  for (int i = 0; i < 32; ++i) x[i] = static_cast<float>(i);
  context->setInputShape("x", Dims{2, {3, 4}});
  context->setTensorAddress("x", x);
  context->setTensorAddress("y", y);
  ASSERT_TRUE(context->enqueueV3(nullptr)) << sayings.errors;
  for (int i = 0; i < 12; ++i) EXPECT_EQ(y[i], 3 * x[i]);
  EXPECT_EQ(y[12], 0);
  EXPECT_EQ(log().count("configurePlugin"), 0) << "a build-phase call";
  EXPECT_EQ(log().count("onShapeChange"), 1);
  EXPECT_LT(log().first("setTactic"), log().first("enqueue"));
  EXPECT_NE(log().of("setTactic")[0].detail, "0");
}

TEST_F(LifeCycle, TellsShapesAfterAnyInputBinding) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  const auto run = runtime();
  const std::unique_ptr<ICudaEngine> engine(run->deserializeCudaEngine(plan->data(), plan->size()));
  const std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
  float x[32] = {}, other[32] = {}, y[32] = {};
  context->setInputShape("x", Dims{2, {2, 4}});
  context->setTensorAddress("x", x);
  context->setTensorAddress("y", y);
  log().calls.clear();
  context->enqueueV3(nullptr);
  context->enqueueV3(nullptr);
  EXPECT_EQ(log().count("onShapeChange"), 1) << "nothing changed between the two";
  context->setTensorAddress("x", other);
  context->enqueueV3(nullptr);
  EXPECT_EQ(log().count("onShapeChange"), 2) << "an input was bound";
  context->setInputShape("x", Dims{2, {5, 4}});
  context->enqueueV3(nullptr);
  EXPECT_EQ(log().count("onShapeChange"), 3);
  EXPECT_EQ(log().of("onShapeChange").back().detail, "5x4");
  EXPECT_EQ(log().count("enqueue"), 4);
}

TEST_F(LifeCycle, GivesEachContextAnObjectAndFreesAll) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  {
    const auto run = runtime();
    const std::unique_ptr<ICudaEngine> engine(
        run->deserializeCudaEngine(plan->data(), plan->size()));
    const int of_engine = log().alive;
    const std::unique_ptr<IExecutionContext> one(engine->createExecutionContext());
    const std::unique_ptr<IExecutionContext> two(engine->createExecutionContext());
    EXPECT_EQ(log().alive, of_engine + 2);
  }
  EXPECT_EQ(log().alive, 0);
}

TEST_F(LifeCycle, NamesThePluginWhoseEnqueueFails) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  const auto run = runtime();
  const std::unique_ptr<ICudaEngine> engine(run->deserializeCudaEngine(plan->data(), plan->size()));
  const std::unique_ptr<IExecutionContext> context(engine->createExecutionContext());
  float x[4] = {}, y[4] = {};
  context->setInputShape("x", Dims{2, {1, 4}});
  context->setTensorAddress("x", x);
  context->setTensorAddress("y", y);
  log().fail_enqueue = true;
  EXPECT_FALSE(context->enqueueV3(nullptr));
  EXPECT_NE(sayings.errors.find("recorder"), std::string::npos) << sayings.errors;
  EXPECT_NE(sayings.errors.find("enqueue returned 3"), std::string::npos) << sayings.errors;
  log().fail_enqueue = false;
  EXPECT_TRUE(context->enqueueV3(nullptr));
}

TEST_F(LifeCycle, DropsAPluginThatFailsWithItsReason) {
  log().fail_configure = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_NE(sayings.errors.find("configurePlugin of plugin Recorder returned 7"), std::string::npos)
      << sayings.errors;
  EXPECT_NE(sayings.errors.find("recorder"), std::string::npos);
  sayings.errors.clear();
  log() = {};
  log().fail_enqueue = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_NE(sayings.errors.find("enqueue returned 3"), std::string::npos) << sayings.errors;
  sayings.errors.clear();
  log() = {};
  log().fail_shapes = true;
  EXPECT_EQ(build(), nullptr);
  EXPECT_NE(sayings.errors.find("getOutputShapes returned 5"), std::string::npos) << sayings.errors;
}

TEST_F(LifeCycle, SaysWhatAnEngineLacks) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  const std::unique_ptr<IRuntime> bare(createInferRuntime(sayings));
  EXPECT_EQ(bare->deserializeCudaEngine(plan->data(), plan->size()), nullptr);
  EXPECT_NE(sayings.errors.find("name \"Recorder\", version \"1\", namespace \"test\""),
            std::string::npos)
      << sayings.errors;
}

TEST_F(LifeCycle, TwoRuntimesKeepTheirOwnCreatorsOfOneTriple) {
  const auto plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  const auto left = runtime();
  const std::unique_ptr<IRuntime> right(createInferRuntime(sayings));
  recording::Creator other;
  IPluginCreatorInterface& creator = other;
  EXPECT_TRUE(right->getPluginRegistry().registerCreator(creator, "test"));
  const std::unique_ptr<ICudaEngine> a(left->deserializeCudaEngine(plan->data(), plan->size()));
  const std::unique_ptr<ICudaEngine> b(right->deserializeCudaEngine(plan->data(), plan->size()));
  EXPECT_NE(a, nullptr);
  EXPECT_NE(b, nullptr);
}

}  // namespace
