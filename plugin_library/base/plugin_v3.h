// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin of this library as an engine knows it by interface V3.
#pragma once

#include <memory>
#include <vector>

#include "plugin_library/base/plugin.h"

namespace shipped {

/// The three capabilities of V3 on top of a Plugin, which copies share. One object is used by one
/// thread at a time.
class PluginV3 final : public nvinfer1::IPluginV3,
                       public nvinfer1::IPluginV3OneCore,
                       public nvinfer1::IPluginV3OneBuild,
                       public nvinfer1::IPluginV3OneRuntime {
 public:
  /// `nameSpace` must live as long as the library.
  PluginV3(std::shared_ptr<Plugin const> plugin, char const* nameSpace)
      : plugin_(std::move(plugin)), nameSpace_(nameSpace) {}

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  nvinfer1::IPluginV3* clone() noexcept override;
  char const* getPluginName() const noexcept override { return plugin_->identity().name; }
  char const* getPluginVersion() const noexcept override { return plugin_->identity().version; }
  char const* getPluginNamespace() const noexcept override { return nameSpace_; }

  int32_t getNbOutputs() const noexcept override;
  int32_t getOutputDataTypes(nvinfer1::DataType* outputTypes, int32_t nbOutputs,
                             nvinfer1::DataType const* inputTypes,
                             int32_t nbInputs) const noexcept override;
  int32_t getOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                          nvinfer1::DimsExprs const* shapeInputs, int32_t nbShapeInputs,
                          nvinfer1::DimsExprs* outputs, int32_t nbOutputs,
                          nvinfer1::IExprBuilder& exprBuilder) noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer1::DynamicPluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) noexcept override;
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                          nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }
  /// Kernels are the processor's: engines for a GPU copy around them.
  char const* getMetadataString() noexcept override;
  size_t getWorkspaceSize(nvinfer1::DynamicPluginTensorDesc const* inputs, int32_t nbInputs,
                          nvinfer1::DynamicPluginTensorDesc const* outputs,
                          int32_t nbOutputs) const noexcept override;

  int32_t onShapeChange(nvinfer1::PluginTensorDesc const* in, int32_t nbInputs,
                        nvinfer1::PluginTensorDesc const* out, int32_t nbOutputs) noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* inputDesc,
                  nvinfer1::PluginTensorDesc const* outputDesc, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override;
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override;

 private:
  std::shared_ptr<Plugin const> plugin_;
  char const* nameSpace_;
  size_t inputCount_ = 0;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_{};
};

}  // namespace shipped
