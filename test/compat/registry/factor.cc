// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks of one plugin layer.
#include "factor.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

namespace factor {

using namespace nvinfer1;

bool fill(INetworkDefinition& network) {
  ITensor* x = network.addInput("x", DataType::kFLOAT, Dims{1, {4}});
  IPluginRegistry& registry = network.getBuilder().getPluginRegistry();
  auto* creator = static_cast<IPluginCreatorV3One*>(registry.getCreator("Scripted", "1", "test"));
  if (creator == nullptr) return false;
  PluginFieldCollection const none{};
  std::unique_ptr<IPluginV3> const plugin(
      creator->createPlugin("scale", &none, TensorRTPhase::kBUILD));
  ILayer* layer = network.addPluginV3(&x, 1, nullptr, 0, *plugin);
  if (layer == nullptr) return false;
  layer->getOutput(0)->setName("y");
  network.markOutput(*layer->getOutput(0));
  return true;
}

std::unique_ptr<IHostMemory> build(ILogger& logger, char const* library,
                                   std::vector<char const*> const& embedded) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(logger));
  if (builder->getPluginRegistry().loadLibrary(library) == nullptr) return nullptr;
  std::unique_ptr<INetworkDefinition> const network(builder->createNetworkV2(0));
  if (!fill(*network)) return nullptr;
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  config->setPluginsToSerialize(embedded.data(), static_cast<int32_t>(embedded.size()));
  return std::unique_ptr<IHostMemory>(builder->buildSerializedNetwork(*network, *config));
}

float run(IExecutionContext& context) {
  float x[4] = {0, 1, 2, 3};
  float y[4] = {NAN, NAN, NAN, NAN};
  context.setTensorAddress("x", x);
  context.setTensorAddress("y", y);
  return context.enqueueV3(nullptr) ? y[1] : NAN;
}

float run(ICudaEngine& engine) {
  std::unique_ptr<IExecutionContext> const context(engine.createExecutionContext());
  return context == nullptr ? NAN : run(*context);
}

std::string copy_of(char const* path, char const* name) {
  namespace fs = std::filesystem;
  fs::path const folder = fs::temp_directory_path() / ("factor_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  fs::path copy = folder / name;
  fs::remove(copy);  // Never write into a file that may be open as a library.
  fs::copy_file(path, copy);
  return copy;
}

bool is_open(char const* path) {
  void* handle = ::dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) ::dlclose(handle);
  return handle != nullptr;
}

}  // namespace factor
