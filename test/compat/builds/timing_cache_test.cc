// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The build that fills a timing cache and those that read it make one and the same file.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "sayings.h"
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;

std::string bytes(IHostMemory const& memory) {
  return {static_cast<char const*>(memory.data()), memory.size()};
}

/// A convolution, a plugin with two tactics and an activation; built with `cache`, which is kept.
class TimingCache : public testing::Test {
 protected:
  std::string build(std::string& cache) {
    std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
    std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
    ITensor* x = network->addInput("x", DataType::kFLOAT, Dims{4, {1, 8, 24, 24}});
    std::vector<float> const numbers(size_t{16} * 8 * 3 * 3, 0.1F);
    auto* convolution = network->addConvolutionNd(
        *x, 16, Dims{2, {3, 3}},
        {DataType::kFLOAT, numbers.data(), static_cast<int64_t>(numbers.size())},
        {DataType::kFLOAT, nullptr, 0});
    ITensor* y = convolution->getOutput(0);
    scripted::Script script;
    script.tactics = {1, 2};
    script.timingCacheId = "copy";
    std::unique_ptr<IPluginV3> const plugin(scripted::make(script));
    y = network->addPluginV3(&y, 1, nullptr, 0, *plugin)->getOutput(0);
    network->markOutput(*network->addActivation(*y, ActivationType::kTANH)->getOutput(0));
    std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
    std::unique_ptr<ITimingCache> const given(
        config->createTimingCache(cache.data(), cache.size()));
    EXPECT_TRUE(config->setTimingCache(*given, false));
    std::unique_ptr<IHostMemory> const plan(builder->buildSerializedNetwork(*network, *config));
    if (plan == nullptr) return {};
    std::unique_ptr<IHostMemory> const saved(config->getTimingCache()->serialize());
    cache = bytes(*saved);
    return bytes(*plan);
  }

  Sayings sayings;
};

TEST_F(TimingCache, ColdAndWarmBuildsAreTheSameFile) {
  std::string cache;
  std::string const cold = build(cache);
  ASSERT_FALSE(cold.empty()) << sayings.errors;
  std::string const filled = cache;
  std::string const warm = build(cache);
  EXPECT_EQ(cache, filled) << "a build that knows every time adds none";
  EXPECT_TRUE(cold == warm);
  EXPECT_TRUE(warm == build(cache));
}

}  // namespace
