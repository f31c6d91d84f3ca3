// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins whose output extents are values of a network input, told before each run.
#include <gmock/gmock.h>

#include <array>
#include <memory>

#include "sayings.h"
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;
using testing::ElementsAre;
using testing::HasSubstr;

/// y [n, 4] = n times x [4]; n is a shape input.
scripted::Script repeat() {
  scripted::Script script;
  script.shapes = [](scripted::Shapes const& shapes) {
    shapes.outputs[0].nbDims = 2;
    shapes.outputs[0].d[0] = shapes.shapeInputs[0].d[0];
    shapes.outputs[0].d[1] = shapes.inputs[0].d[0];
    return 0;
  };
  script.run = [](scripted::Enqueue const& run) {
    auto const* x = static_cast<float const*>(run.inputs[0]);
    auto* y = static_cast<float*>(run.outputs[0]);
    for (int64_t i = 0; i < run.outputDescs[0].dims.d[0]; ++i) y = std::copy(x, x + 4, y);
    return 0;
  };
  return script;
}

struct Range {
  int64_t min, opt, max;
};

class ShapeInputs : public testing::Test {
 protected:
  /// A network of the plugin over x and n; `edit` may feed it something else than n itself.
  std::unique_ptr<IHostMemory> build(Dims const& extents, std::optional<Range> range,
                                     ITensor* (*edit)(INetworkDefinition&, ITensor*) = nullptr) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{1, {4}});
    ITensor* n = network->addInput("n", DataType::kINT32, extents);
    ITensor* shape = edit == nullptr ? n : edit(*network, n);
    std::unique_ptr<IPluginV3> const plugin(scripted::make(repeat()));
    IPluginV3Layer* layer = network->addPluginV3(&x, 1, &shape, 1, *plugin);
    if (layer == nullptr) return nullptr;
    layer->getOutput(0)->setName("y");
    network->markOutput(*layer->getOutput(0));
    EXPECT_TRUE(n->isShapeTensor());
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    if (range) {
      IOptimizationProfile* profile = builder->createOptimizationProfile();
      profile->setShapeValuesV2("n", OptProfileSelector::kMIN, &range->min, 1);
      profile->setShapeValuesV2("n", OptProfileSelector::kOPT, &range->opt, 1);
      profile->setShapeValuesV2("n", OptProfileSelector::kMAX, &range->max, 1);
      EXPECT_EQ(config->addOptimizationProfile(profile), 0);
    }
    return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
  }

  void load(IHostMemory const& plan) {
    runtime.reset(createInferRuntime(sayings));
    IPluginCreatorInterface& door = creator;
    runtime->getPluginRegistry().registerCreator(door, "test");
    engine.reset(runtime->deserializeCudaEngine(plan.data(), plan.size()));
    ASSERT_NE(engine, nullptr) << sayings.errors;
    context.reset(engine->createExecutionContext());
    context->setInputTensorAddress("n", &rows);
    context->setInputTensorAddress("x", given.data());
    context->setTensorAddress("y", got.data());
  }

  void expectRows(int32_t value, int64_t count) {
    rows = value;
    got.fill(0);
    ASSERT_TRUE(context->enqueueV3(nullptr)) << sayings.errors;
    Dims const shape = context->getTensorShape("y");
    EXPECT_EQ(shape.nbDims, 2);
    EXPECT_THAT((std::array{shape.d[0], shape.d[1]}), ElementsAre(count, 4));
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i], i < static_cast<size_t>(4 * count) ? given[i % 4] : 0) << i;
    }
  }

  Sayings sayings;
  scripted::Creator creator{repeat()};
  std::unique_ptr<IRuntime> runtime;
  std::unique_ptr<ICudaEngine> engine;
  std::unique_ptr<IExecutionContext> context;
  int32_t rows = 0;
  std::array<float, 4> given{1, 2, 3, 4};
  std::array<float, 32> got{};
};

TEST_F(ShapeInputs, OutputFollowsTheValue) {
  for (Dims const& extents : {Dims{1, {1}}, Dims{0, {}}}) {
    auto const plan = build(extents, Range{1, 3, 8});
    ASSERT_NE(plan, nullptr) << sayings.errors;
    load(*plan);
    EXPECT_TRUE(engine->isShapeInferenceIO("n"));
    EXPECT_EQ(engine->getTensorLocation("n"), TensorLocation::kHOST);
    EXPECT_EQ(engine->getProfileTensorValuesV2("n", 0, OptProfileSelector::kMAX)[0], 8);
    expectRows(3, 3);
    expectRows(8, 8);
    expectRows(1, 1);
  }
}

TEST_F(ShapeInputs, OutputFollowsWhatIsComputedFromTheValue) {
  auto const plan =
      build(Dims{1, {1}}, Range{1, 2, 4}, [](INetworkDefinition& network, ITensor* n) {
        return network.addElementWise(*n, *n, ElementWiseOperation::kSUM)->getOutput(0);
      });
  ASSERT_NE(plan, nullptr) << sayings.errors;
  load(*plan);
  expectRows(1, 2);
  expectRows(4, 8);
}

TEST_F(ShapeInputs, NamesAValueOutsideTheProfile) {
  auto const plan = build(Dims{1, {1}}, Range{1, 3, 8});
  ASSERT_NE(plan, nullptr) << sayings.errors;
  load(*plan);
  rows = 9;
  EXPECT_FALSE(context->enqueueV3(nullptr));
  EXPECT_THAT(sayings.errors, HasSubstr("shape input 'n': value 9 of element 0 is outside profile "
                                        "0, which allows 1 to 8: choose another profile"));
  expectRows(8, 8);
}

TEST_F(ShapeInputs, NamesWhatTheProfileLacks) {
  EXPECT_EQ(build(Dims{1, {1}}, std::nullopt), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("input \"n\" decides shapes by its content"));
  EXPECT_THAT(sayings.errors, HasSubstr("setShapeValues"));
}

TEST_F(ShapeInputs, RefusesWhatOnlyARunKnows) {
  EXPECT_EQ(build(Dims{1, {1000}}, std::nullopt), nullptr);
  EXPECT_THAT(sayings.errors, HasSubstr("the values of tensor \"n\" (i32 [1000]) decide shapes"));
}

}  // namespace
