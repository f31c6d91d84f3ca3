// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin compiled against other headers of the same binary shape is loaded, built in and run.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "sayings.h"

namespace {

using namespace nvinfer1;

/// Builds y = Stretch(x [n, 2]) with scale 3 from the library alone.
std::unique_ptr<IHostMemory> build(Sayings& sayings) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  EXPECT_NE(builder->getPluginRegistry().loadLibrary(TENON_STRETCH_PLUGIN), nullptr)
      << sayings.errors;
  auto* creator = static_cast<IPluginCreatorV3One*>(
      builder->getPluginRegistry().getCreator("Stretch", "2", "foreign"));
  if (creator == nullptr) return nullptr;
  float const scale = 3;
  PluginField const field("scale", &scale, PluginFieldType::kFLOAT32, 1);
  PluginFieldCollection const fields{1, &field};
  std::unique_ptr<IPluginV3> plugin(creator->createPlugin("node", &fields, TensorRTPhase::kBUILD));
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{2, {-1, 2}});
  IPluginV3Layer* layer = network->addPluginV3(&x, 1, nullptr, 0, *plugin);
  plugin.reset();
  if (layer == nullptr) return nullptr;
  layer->getOutput(0)->setName("y");
  network->markOutput(*layer->getOutput(0));
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  IOptimizationProfile* profile = builder->createOptimizationProfile();
  profile->setDimensions("x", OptProfileSelector::kMIN, Dims{2, {1, 2}});
  profile->setDimensions("x", OptProfileSelector::kOPT, Dims{2, {2, 2}});
  profile->setDimensions("x", OptProfileSelector::kMAX, Dims{2, {4, 2}});
  config->addOptimizationProfile(profile);
  return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
}

TEST(ForeignBinary, BuildsLoadsAndRuns) {
  Sayings sayings;
  auto const plan = build(sayings);
  ASSERT_NE(plan, nullptr) << sayings.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  ASSERT_NE(runtime->getPluginRegistry().loadLibrary(TENON_STRETCH_PLUGIN), nullptr);
  std::unique_ptr<ICudaEngine> const engine(
      runtime->deserializeCudaEngine(plan->data(), plan->size()));
  ASSERT_NE(engine, nullptr) << sayings.errors;
  std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
  std::array<float, 8> x{1, 2, 3, 4, 5, 6, 7, 8};
  std::array<float, 16> y{};
  context->setInputTensorAddress("x", x.data());
  context->setTensorAddress("y", y.data());
  for (int64_t const rows : {4, 3}) {
    y.fill(0);
    context->setInputShape("x", Dims{2, {rows, 2}});
    ASSERT_TRUE(context->enqueueV3(nullptr)) << sayings.errors;
    EXPECT_EQ(context->getTensorShape("y").d[1], 4);
    for (size_t i = 0; i < y.size(); ++i) {
      EXPECT_EQ(y[i], i < static_cast<size_t>(4 * rows) ? 3 * x[i / 2] : 0) << i;
    }
  }
}

}  // namespace
