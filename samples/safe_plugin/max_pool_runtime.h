// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The half of the plugin that runs: all that goes onto a deployed machine.
#pragma once

#include "max_pool_parameters.h"

namespace maxpool {

/// Who the plugin is, and what a graph runs. Each graph has an object of its own.
class MaxPoolRuntime : public nvinfer1::IPluginV3,
                       public nvinfer2::safe::IPluginV3OneSafeCore,
                       public nvinfer2::safe::IPluginV3OneSafeRuntime {
 public:
  explicit MaxPoolRuntime(Parameters const& parameters) noexcept
      : parameters_(parameters), window_(windowOf(parameters)), fields_(&parameters_) {}
  MaxPoolRuntime(MaxPoolRuntime const&) = delete;
  MaxPoolRuntime& operator=(MaxPoolRuntime const&) = delete;

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  nvinfer1::IPluginV3* clone() noexcept override;

  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }

  int32_t initResource(nvinfer2::safe::ISafePluginResourceContext const* context) noexcept override;
  int32_t enqueue(nvinfer2::safe::TensorDescriptor const* inputDesc,
                  nvinfer2::safe::TensorDescriptor const* outputDesc, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return &fields_.collection();
  }

 protected:
  Parameters const& parameters() const noexcept { return parameters_; }
  Window const& window() const noexcept { return window_; }

 private:
  Parameters const parameters_;
  Window const window_;
  Fields const fields_;
  nvinfer2::safe::ISafeRecorder* recorder_ = nullptr;
};

/// Makes the half that runs, from the fields of an engine file; for a build it answers null.
class MaxPoolRuntimeCreator : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  nvinfer1::IPluginV3* createPlugin(char const* name, nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override {
    return &names_.collection();
  }
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }
  nvinfer2::safe::ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(nvinfer2::safe::ISafeRecorder& recorder) noexcept override {
    recorder_ = &recorder;
  }

 private:
  Fields const names_;
  nvinfer2::safe::ISafeRecorder* recorder_ = nullptr;
};

}  // namespace maxpool
