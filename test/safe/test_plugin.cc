// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin of tests.
#include "test/safe/test_engine.h"

#include <cstring>

namespace tenon::safe {

namespace {

using nvinfer1::IPluginCapability;
using nvinfer1::IPluginV3;
using nvinfer1::PluginCapabilityType;
using nvinfer2::safe::TensorDescriptor;

PluginCalls calls;

class Twice final : public IPluginV3 {
 public:
  explicit Twice(float factor) : runtime_(factor) {}
  ~Twice() override { ++calls.destroyed; }

  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    return type == PluginCapabilityType::kRUNTIME ? &runtime_ : nullptr;
  }
  IPluginV3* clone() noexcept override { return runtime_.clone(); }

 private:
  class Runtime final : public nvinfer2::safe::IPluginV3OneSafeRuntime {
   public:
    explicit Runtime(float factor) : factor_(factor) {}
    int32_t setTactic(int32_t tactic) noexcept override {
      if (tactic == 7) ++calls.tactics;
      return 0;
    }
    int32_t initResource(
        const nvinfer2::safe::ISafePluginResourceContext* context) noexcept override {
      ++calls.initialised;
      if (context == nullptr || context->getSafeRecorder() == nullptr) return 99;
      return calls.fail_initialise;
    }
    int32_t enqueue(const TensorDescriptor* inputDesc, const TensorDescriptor* outputDesc,
                    const void* const* inputs, void* const* outputs, void* workspace,
                    cudaStream_t /*stream*/) noexcept override {
      ++calls.enqueued;
      calls.input = *inputDesc;
      calls.output = *outputDesc;
      if (workspace == nullptr) return 98;
      const auto* from = static_cast<const float*>(inputs[0]);
      auto* to = static_cast<float*>(outputs[0]);
      const uint64_t count = inputDesc->sizeInBytes / sizeof(float);
      for (uint64_t i = 0; i < count; ++i) to[i] = from[i] * factor_;
      return calls.fail_enqueue;
    }
    IPluginV3* clone() noexcept override {
      ++calls.cloned;
      return new Twice(factor_);
    }
    const nvinfer1::PluginFieldCollection* getFieldsToSerialize() noexcept override {
      return nullptr;
    }

   private:
    float factor_;
  };

  Runtime runtime_;
};

class TwiceCreator final : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  IPluginV3* createPlugin(const char* name, const nvinfer1::PluginFieldCollection* fc,
                          nvinfer1::TensorRTPhase phase) noexcept override {
    ++calls.created;
    calls.last_layer = name;
    if (phase != nvinfer1::TensorRTPhase::kRUNTIME || fc->nbFields != 1) return nullptr;
    const nvinfer1::PluginField& field = fc->fields[0];
    if (std::strcmp(field.name, "factor") != 0 || field.length != 1) return nullptr;
    float factor = 0;
    std::memcpy(&factor, field.data, sizeof factor);
    return new Twice(factor);
  }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return nullptr; }
  const char* getPluginName() const noexcept override { return "Twice"; }
  const char* getPluginVersion() const noexcept override { return "1"; }
  const char* getPluginNamespace() const noexcept override { return "test"; }
  nvinfer2::safe::ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(nvinfer2::safe::ISafeRecorder& recorder) noexcept override {
    recorder_ = &recorder;
  }

 private:
  nvinfer2::safe::ISafeRecorder* recorder_ = nullptr;
};

}  // namespace

nvinfer1::IPluginCreatorInterface& twice_creator() {
  static TwiceCreator creator;
  return creator;
}
PluginCalls& plugin_calls() { return calls; }

}  // namespace tenon::safe
