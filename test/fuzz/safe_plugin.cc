// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin that fails where it is told to.
#include "test/fuzz/safe_plugin.h"

#include <cstring>

#include "NvInferSafeRuntime.h"

namespace tenon::fuzz {

namespace {

using nvinfer1::IPluginCapability;
using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;
using nvinfer1::PluginFieldCollection;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::TensorDescriptor;

int live = 0;
bool wanted(Wish wish) { return plugin_wish() == static_cast<uint8_t>(wish); }

/// A capability that is not the one that was asked for.
class Stranger final : public IPluginCapability {
 public:
  nvinfer1::InterfaceInfo getInterfaceInfo() const noexcept override {
    return {wanted(Wish::NullKind) ? nullptr : "PLUGIN_V3ONE_RUNTIME", 1, 0};
  }
};

class Plugin final : public IPluginV3 {
 public:
  Plugin() { ++live; }
  ~Plugin() override { --live; }

  IPluginCapability* getCapabilityInterface(PluginCapabilityType) noexcept override {
    if (wanted(Wish::NoRuntime)) return nullptr;
    if (wanted(Wish::OtherKind) || wanted(Wish::NullKind)) return &stranger_;
    return &runtime_;
  }
  IPluginV3* clone() noexcept override { return runtime_.clone(); }

 private:
  class Runtime final : public nvinfer2::safe::IPluginV3OneSafeRuntime {
   public:
    explicit Runtime(Plugin& plugin) : plugin_(plugin) {}
    int32_t setTactic(int32_t) noexcept override { return wanted(Wish::FailTactic) ? 3 : 0; }
    int32_t initResource(
        const nvinfer2::safe::ISafePluginResourceContext* context) noexcept override {
      context->getRuntimeErrorInformation()->bitMask |= 1;
      return wanted(Wish::FailInit) ? 4 : 0;
    }
    int32_t enqueue(const TensorDescriptor*, const TensorDescriptor*, const void* const*,
                    void* const*, void*, cudaStream_t) noexcept override {
      return wanted(Wish::FailEnqueue) ? 5 : 0;
    }
    IPluginV3* clone() noexcept override {
      if (wanted(Wish::CloneNull)) return nullptr;
      return wanted(Wish::CloneSelf) ? &plugin_ : new Plugin;
    }
    const PluginFieldCollection* getFieldsToSerialize() noexcept override { return nullptr; }

   private:
    Plugin& plugin_;
  };
  Runtime runtime_{*this};
  Stranger stranger_;
};

class Creator final : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  /// Reads every field to its end.
  IPluginV3* createPlugin(const char* name, const PluginFieldCollection* fields,
                          nvinfer1::TensorRTPhase) noexcept override {
    size_t sum = std::strlen(name);
    for (int32_t i = 0; i < fields->nbFields; ++i) {
      const nvinfer1::PluginField& field = fields->fields[i];
      sum += std::strlen(field.name);
      if (field.type == nvinfer1::PluginFieldType::kFLOAT32) {
        for (int32_t k = 0; k < field.length; ++k) {
          float value = 0;
          std::memcpy(&value, static_cast<const float*>(field.data) + k, sizeof value);
          sum += value > 0 ? 1 : 0;
        }
      }
    }
    return wanted(Wish::CreateNull) || sum == SIZE_MAX ? nullptr : new Plugin;
  }
  const PluginFieldCollection* getFieldNames() noexcept override { return nullptr; }
  const char* getPluginName() const noexcept override { return "Twice"; }
  const char* getPluginVersion() const noexcept override { return "1"; }
  const char* getPluginNamespace() const noexcept override { return "test"; }
  ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(ISafeRecorder& recorder) noexcept override { recorder_ = &recorder; }

 private:
  ISafeRecorder* recorder_ = nullptr;
};

}  // namespace

nvinfer1::IPluginCreatorInterface& creator() {
  static Creator one;
  return one;
}

uint8_t& plugin_wish() {
  static uint8_t wish = 0;
  return wish;
}

int live_plugins() { return live; }

}  // namespace tenon::fuzz
