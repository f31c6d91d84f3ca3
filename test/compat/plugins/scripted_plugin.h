// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A version 3 plugin whose every answer a test may choose. As it stands: y = x, float32, linear.
#pragma once

#include <NvInfer.h>

#include <functional>
#include <string>
#include <vector>

namespace scripted {

/// One enqueue.
struct Enqueue {
  nvinfer1::PluginTensorDesc const* inputDescs;
  nvinfer1::PluginTensorDesc const* outputDescs;
  void const* const* inputs;
  void* const* outputs;
  void* workspace;
  int32_t tactic;
  cudaStream_t stream;
};

/// One question for shapes.
struct Shapes {
  nvinfer1::DimsExprs const* inputs;
  nvinfer1::DimsExprs const* shapeInputs;
  nvinfer1::DimsExprs* outputs;
  nvinfer1::IExprBuilder& builder;
};

/// What the plugin answers; clones keep it. Empty functions answer 0.
struct Script {
  int32_t outputs = 1;
  std::vector<nvinfer1::DataType> types;  ///< of the outputs; missing ones are float32
  std::vector<int32_t> tactics;
  std::string timingCacheId;  ///< empty: none
  size_t workspace = 0;
  std::function<int32_t(Shapes const&)> shapes;  ///< empty: as input 0
  std::function<int32_t(Enqueue const&)> run;    ///< empty: copies input 0 to output 0
  std::function<int32_t()> outputTypes, configure, onShapeChange, validTactics;
  std::function<int32_t(int32_t)> setTactic;
  std::function<bool(int32_t)> supports;  ///< by position; empty: float32, int32 and linear
  std::function<nvinfer1::IPluginV3*()> clone, attach;             ///< empty: a copy
  std::function<nvinfer1::PluginFieldCollection const*()> fields;  ///< empty: no fields
  bool withoutBuild = false;                                       ///< lacks its build interface
};

/// A plugin with the name "Scripted", version "1", namespace "test"; the caller owns it.
nvinfer1::IPluginV3* make(Script const& script);

/// Makes plugins of one script.
class Creator final : public nvinfer1::IPluginCreatorV3One {
 public:
  explicit Creator(Script script) : script_(std::move(script)) {}
  nvinfer1::IPluginV3* createPlugin(char const*, nvinfer1::PluginFieldCollection const*,
                                    nvinfer1::TensorRTPhase) noexcept override {
    return make(script_);
  }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  char const* getPluginName() const noexcept override { return "Scripted"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return "test"; }

 private:
  Script script_;
  nvinfer1::PluginFieldCollection fields_{};
};

/// Number of elements.
int64_t volume(nvinfer1::Dims const& dims);

}  // namespace scripted
