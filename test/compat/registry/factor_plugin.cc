// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin library whose plugin multiplies by the number it was compiled with: "Scripted", version
// "1", namespace "test"; beside it a version 2 creator, "Old", version "1", without plugins. With
// REGISTERS_ITSELF the first of both is registered when the library is opened, too.
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;

scripted::Script script() {
  scripted::Script made;
  made.run = [](scripted::Enqueue const& call) {
    auto const* x = static_cast<float const*>(call.inputs[0]);
    auto* y = static_cast<float*>(call.outputs[0]);
    for (int64_t i = 0; i < scripted::volume(call.inputDescs[0].dims); ++i) y[i] = FACTOR * x[i];
    return 0;
  };
  return made;
}

class OldCreator final : public IPluginCreator {
 public:
  char const* getPluginName() const noexcept override { return "Old"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  IPluginV2* createPlugin(char const*, PluginFieldCollection const*) noexcept override {
    return nullptr;
  }
  IPluginV2* deserializePlugin(char const*, void const*, size_t) noexcept override {
    return nullptr;
  }
  void setPluginNamespace(char const* name) noexcept override { namespace_ = name; }
  char const* getPluginNamespace() const noexcept override { return namespace_; }

 private:
  PluginFieldCollection fields_{};
  char const* namespace_ = "test";
};

}  // namespace

#ifdef REGISTERS_ITSELF
namespace {
/// As REGISTER_TENSORRT_PLUGIN does it.
struct Registrar {
  Registrar() { getPluginRegistry()->registerCreator(creator, ""); }
  scripted::Creator creator{script()};
} registrar;
}  // namespace
#endif

extern "C" __attribute__((visibility("default"))) IPluginCreatorInterface* const* getCreators(
    int32_t& count) {
  static scripted::Creator creator(script());
  static OldCreator old;
  static IPluginCreatorInterface* const kList[] = {&creator, &old};
  count = 2;
  return kList;
}
