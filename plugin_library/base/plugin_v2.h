// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin of this library as an engine knows it by interface V2.
#pragma once

#include <memory>
#include <string>

#include "plugin_library/base/plugin.h"
#include "plugin_library/base/saved_state.h"

namespace shipped {

/// V2 with dynamic shapes on top of a Plugin, which copies share. One object is used by one thread
/// at a time. V2 cannot say no: types that do not fit give the number -1 as an output's type, ranks
/// that do not fit a shape of -1 dimensions, each with the reason reported; extents that do not go
/// together make enqueue fail.
class PluginV2 final : public nvinfer1::IPluginV2DynamicExt {
 public:
  /// `inputs`: how many there are, 0 before configurePlugin tells.
  PluginV2(std::shared_ptr<Plugin const> plugin, std::string nameSpace, size_t inputs);

  char const* getPluginType() const noexcept override { return plugin_->identity().name; }
  char const* getPluginVersion() const noexcept override { return plugin_->identity().version; }
  void setPluginNamespace(char const* nameSpace) noexcept override;
  char const* getPluginNamespace() const noexcept override { return nameSpace_.c_str(); }

  nvinfer1::IPluginV2DynamicExt* clone() const noexcept override;
  void destroy() noexcept override { delete this; }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}

  int32_t getNbOutputs() const noexcept override;
  nvinfer1::DataType getOutputDataType(int32_t index, nvinfer1::DataType const* inputTypes,
                                       int32_t nbInputs) const noexcept override;
  nvinfer1::DimsExprs getOutputDimensions(int32_t outputIndex, nvinfer1::DimsExprs const* inputs,
                                          int32_t nbInputs,
                                          nvinfer1::IExprBuilder& exprBuilder) noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer1::PluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) noexcept override;
  void configurePlugin(nvinfer1::DynamicPluginTensorDesc const* in, int32_t nbInputs,
                       nvinfer1::DynamicPluginTensorDesc const* out,
                       int32_t nbOutputs) noexcept override;
  size_t getWorkspaceSize(nvinfer1::PluginTensorDesc const* inputs, int32_t nbInputs,
                          nvinfer1::PluginTensorDesc const* outputs,
                          int32_t nbOutputs) const noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* inputDesc,
                  nvinfer1::PluginTensorDesc const* outputDesc, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override;

  size_t getSerializationSize() const noexcept override { return saved().bytes(); }
  void serialize(void* buffer) const noexcept override { saved().write(buffer); }

 private:
  SavedState saved() const;
  void sayWhereItRuns() const noexcept;

  std::shared_ptr<Plugin const> plugin_;
  std::string nameSpace_;
  size_t inputCount_;
};

}  // namespace shipped
