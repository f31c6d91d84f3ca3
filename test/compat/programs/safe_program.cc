// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Registry and builder.
#include "safe_program.h"

#include <dlfcn.h>

using namespace nvinfer1;

void registerMaxPool(const std::string& library, nvinfer2::safe::ISafeRecorder& recorder) {
  using Getter = IPluginCreatorInterface*(const char*, const char*);
  void* opened = dlopen(library.c_str(), RTLD_LAZY);
  EXPECT(opened != nullptr);
  auto* getter = reinterpret_cast<Getter*>(dlsym(opened, "getSafetyPluginCreator"));
  EXPECT(getter != nullptr);
  IPluginCreatorInterface* creator = getter("", "MaxPoolPlugin");
  EXPECT(creator != nullptr);
  auto* registry = nvinfer2::safe::getSafePluginRegistry(recorder);
  EXPECT_OK(registry->registerCreator(*creator, "", recorder));
}

std::unique_ptr<IHostMemory> buildSafe(const std::string& model,
                                       const std::vector<int64_t>& batches) {
  Log log;
  const std::unique_ptr<IBuilder> builder(createInferBuilder(log));
  const auto typed = 1U << static_cast<uint32_t>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
  const std::unique_ptr<INetworkDefinition> network(builder->createNetworkV2(typed));
  const std::unique_ptr<nvonnxparser::IParser> parser(nvonnxparser::createParser(*network, log));
  EXPECT(parser->parseFromFile(model.c_str(), 0));
  const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  for (const int64_t batch : batches) {
    IOptimizationProfile* profile = builder->createOptimizationProfile();
    for (auto which :
         {OptProfileSelector::kMIN, OptProfileSelector::kOPT, OptProfileSelector::kMAX})
      EXPECT(profile->setDimensions(network->getInput(0)->getName(), which,
                                    Dims4{batch, 1, kSide, kSide}));
    EXPECT(config->addOptimizationProfile(profile) >= 0);
  }
  config->setEngineCapability(EngineCapability::kSAFETY);
  std::unique_ptr<IHostMemory> engine(builder->buildSerializedNetwork(*network, *config));
  EXPECT(engine != nullptr);
  return engine;
}
