// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The creator, and two doors of the library: static registration and getCreators.
#include <new>

#include "max_pool_plugin.h"

namespace maxpool {

using namespace nvinfer1;

namespace {

class MaxPoolCreator final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &understoodFields(); }

  /// The fields of a model's node and those of an engine file have the same names.
  IPluginV3* createPlugin(char const*, PluginFieldCollection const* fields,
                          TensorRTPhase) noexcept override {
    Parameters parameters;
    if (!read(fields, parameters)) return nullptr;
    return new (std::nothrow) MaxPoolPlugin(parameters);
  }
};

}  // namespace

// Whoever links or dlopens the library finds the plugin in the registry of the process.
REGISTER_TENSORRT_PLUGIN(MaxPoolCreator);

}  // namespace maxpool

// Whoever calls IPluginRegistry::loadLibrary gets the creator for that registry.
extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  static maxpool::MaxPoolCreator creator;
  static nvinfer1::IPluginCreatorInterface* const kCreators[] = {&creator};
  nbCreators = 1;
  return kCreators;
}
