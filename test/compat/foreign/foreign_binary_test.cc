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

/// One of the two libraries.
struct Library {
  char const* name;
  char const* path;
  char const* version;
  char const* nameSpace;
};

class ForeignBinary : public testing::TestWithParam<Library> {
 protected:
  /// Adds the plugin, scale 3, made by the library's creator.
  static ILayer* add(INetworkDefinition& network, ITensor* x) {
    float const scale = 3;
    PluginField const field("scale", &scale, PluginFieldType::kFLOAT32, 1);
    PluginFieldCollection const fields{1, &field};
    IPluginRegistry& registry = network.getBuilder().getPluginRegistry();
    auto const& [name, path, version, nameSpace] = GetParam();
    if (IPluginCreator* old = registry.getPluginCreator("Stretch", version, nameSpace)) {
      IPluginV2* plugin = old->createPlugin("node", &fields);
      ILayer* layer = network.addPluginV2(&x, 1, *plugin);
      plugin->destroy();
      return layer;
    }
    auto* creator =
        static_cast<IPluginCreatorV3One*>(registry.getCreator("Stretch", version, nameSpace));
    std::unique_ptr<IPluginV3> const plugin(
        creator->createPlugin("node", &fields, TensorRTPhase::kBUILD));
    return network.addPluginV3(&x, 1, nullptr, 0, *plugin);
  }

  /// Builds y = Stretch(x [n, 2]).
  std::unique_ptr<IHostMemory> build() {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    EXPECT_NE(builder->getPluginRegistry().loadLibrary(GetParam().path), nullptr);
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ILayer* layer = add(*network, network->addInput("x", DataType::kFLOAT, Dims{2, {-1, 2}}));
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

  void expectRight(IExecutionContext& context, int64_t rows) {
    std::array<float, 8> x{1, 2, 3, 4, 5, 6, 7, 8};
    std::array<float, 16> y{};
    context.setInputTensorAddress("x", x.data());
    context.setTensorAddress("y", y.data());
    context.setInputShape("x", Dims{2, {rows, 2}});
    ASSERT_TRUE(context.enqueueV3(nullptr)) << sayings.errors;
    EXPECT_EQ(context.getTensorShape("y").d[1], 4);
    for (size_t i = 0; i < y.size(); ++i) {
      EXPECT_EQ(y[i], i < static_cast<size_t>(4 * rows) ? 3 * x[i / 2] : 0) << i;
    }
  }

  Sayings sayings;
};

TEST_P(ForeignBinary, BuildsLoadsAndRuns) {
  auto const plan = build();
  ASSERT_NE(plan, nullptr) << sayings.errors;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  auto* const library = registry.loadLibrary(GetParam().path);
  ASSERT_NE(library, nullptr) << sayings.errors;
  {
    std::unique_ptr<ICudaEngine> const engine(
        runtime->deserializeCudaEngine(plan->data(), plan->size()));
    ASSERT_NE(engine, nullptr) << sayings.errors;
    std::unique_ptr<IExecutionContext> const context(engine->createExecutionContext());
    expectRight(*context, 4);
    expectRight(*context, 3);
  }
  registry.deregisterLibrary(library);
  EXPECT_EQ(registry.getCreator("Stretch", GetParam().version, GetParam().nameSpace), nullptr);
  EXPECT_EQ(runtime->deserializeCudaEngine(plan->data(), plan->size()), nullptr);
  EXPECT_NE(sayings.errors.find("Stretch"), std::string::npos) << sayings.errors;
}

INSTANTIATE_TEST_SUITE_P(Versions, ForeignBinary,
                         testing::Values(Library{"V3", TENON_STRETCH_PLUGIN, "2", "foreign"},
                                         Library{"V2DynamicExt", TENON_STRETCH_V2_PLUGIN, "1", ""}),
                         [](auto const& one) { return std::string(one.param.name); });

}  // namespace
