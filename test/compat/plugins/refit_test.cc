// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines that hold plugins of version 2 and 3 take other weights, and ask no plugin for it anew.
#include <NvInfer.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "recording_plugin.h"
#include "recording_v2.h"
#include "sayings.h"

namespace {

using namespace nvinfer1;
using recording::Family;
using recording::log;

constexpr float kScale = 3;
using Row = std::array<float, 4>;

struct DestroyV2 {
  void operator()(IPluginV2* plugin) const noexcept { plugin->destroy(); }
};

/// y = 3 (x + w), the product by a plugin: version 2 of the family that is the parameter, or
/// version 3 where there is none.
class PluginRefit : public testing::TestWithParam<int> {
 protected:
  static constexpr int kVersionThree = -1;

  void SetUp() override {
    log() = {};
    recording::faultsV2() = {};
    creator_v2_.setPluginNamespace("test");
  }
  static Family family() {
    return GetParam() == kVersionThree ? Family::kV2 : static_cast<Family>(GetParam());
  }

  static ILayer* addPlugin(INetworkDefinition& network, ITensor* from) {
    if (GetParam() == kVersionThree) {
      std::unique_ptr<IPluginV3> const plugin(recording::make(kScale));
      return network.addPluginV3(&from, 1, nullptr, 0, *plugin);
    }
    std::unique_ptr<IPluginV2, DestroyV2> const plugin(recording::makeV2(family(), kScale));
    return network.addPluginV2(&from, 1, *plugin);
  }

  std::unique_ptr<IHostMemory> build(Row const& weights, BuilderFlags flags) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {1, 4}});
    Weights const w{DataType::kFLOAT, weights.data(), 4};
    ITensor* const constant = network->addConstant(Dims{2, {1, 4}}, w)->getOutput(0);
    EXPECT_TRUE(network->setWeightsName(w, "w"));
    ITensor* const sum =
        network->addElementWise(*x, *constant, ElementWiseOperation::kSUM)->getOutput(0);
    ILayer* const layer = addPlugin(*network, sum);
    if (layer == nullptr) return nullptr;
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    config->setFlags(flags);
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  std::unique_ptr<ICudaEngine> load(IHostMemory const& plan) {
    runtime_.reset(createInferRuntime(sayings_));
    IPluginCreatorInterface& three = creator_v3_;
    runtime_->getPluginRegistry().registerCreator(three, "test");
    runtime_->getPluginRegistry().registerCreator(creator_v2_, "test");
    return std::unique_ptr<ICudaEngine>(runtime_->deserializeCudaEngine(plan.data(), plan.size()));
  }

  bool refit(ICudaEngine& engine, Row const& weights) {
    std::unique_ptr<IRefitter> const refitter(createInferRefitter(engine, sayings_));
    return refitter != nullptr &&
           refitter->setNamedWeights("w", Weights{DataType::kFLOAT, weights.data(), 4}) &&
           refitter->refitCudaEngine();
  }

  static void expectRun(IExecutionContext& context, Row const& weights) {
    Row x{1, 2, 3, 4}, y{};
    context.setTensorAddress("x", x.data());
    context.setTensorAddress("y", y.data());
    ASSERT_TRUE(context.enqueueV3(nullptr));
    for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], kScale * (x[i] + weights[i])) << i;
  }

  recording::Creator creator_v3_;
  recording::CreatorV2 creator_v2_{family()};
  Sayings sayings_;
  std::unique_ptr<IRuntime> runtime_;
  Row const first_{1, 1, 2, 2}, second_{-1, 0, 5, 0.5F};
};

constexpr BuilderFlags flagsOf(std::initializer_list<BuilderFlag> list) {
  BuilderFlags flags = 0;
  for (BuilderFlag const flag : list) flags |= 1U << static_cast<uint32_t>(flag);
  return flags;
}

TEST_P(PluginRefit, NewWeightsReachThePluginInContextsOldAndNew) {
  auto const plan = build(first_, flagsOf({BuilderFlag::kREFIT}));
  ASSERT_NE(plan, nullptr) << sayings_.errors;
  auto const engine = load(*plan);
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  std::unique_ptr<IExecutionContext> const old(engine->createExecutionContext());
  expectRun(*old, first_);

  log().calls.clear();
  ASSERT_TRUE(refit(*engine, second_)) << sayings_.errors;
  for (char const* method : {"supportsFormatCombination", "supportsFormat", "getOutputShapes",
                             "getOutputDimensions", "enqueue"}) {
    EXPECT_EQ(log().count(method), 0) << method << " is called by a refit";
  }
  expectRun(*old, second_);
  std::unique_ptr<IExecutionContext> const later(engine->createExecutionContext());
  expectRun(*later, second_);

  // What it is now can be written and read.
  std::unique_ptr<IHostMemory> const written(engine->serialize());
  ASSERT_NE(written, nullptr) << sayings_.errors;
  auto const runtime = std::move(runtime_);  // the first engine's, which must outlive it
  auto const again = load(*written);
  ASSERT_NE(again, nullptr) << sayings_.errors;
  std::unique_ptr<IExecutionContext> const context(again->createExecutionContext());
  expectRun(*context, second_);
}

TEST_P(PluginRefit, AStrippedEngineRunsOnceItHasItsWeights) {
  auto const plan = build(first_, flagsOf({BuilderFlag::kREFIT, BuilderFlag::kSTRIP_PLAN}));
  ASSERT_NE(plan, nullptr) << sayings_.errors;
  auto const engine = load(*plan);
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  ASSERT_TRUE(refit(*engine, second_)) << sayings_.errors;
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  ASSERT_NE(context, nullptr) << sayings_.errors;
  expectRun(*context, second_);
}

INSTANTIATE_TEST_SUITE_P(Families, PluginRefit, testing::Values(0, 1, 2, 3, -1),
                         [](testing::TestParamInfo<int> const& chosen) {
                           return std::string(
                               chosen.param < 0
                                   ? "RecorderV3"
                                   : recording::nameOf(static_cast<Family>(chosen.param)));
                         });

}  // namespace
