// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin MaxPool, version 2: max-pooling with f32, f16 or int8 tensors.
#pragma once

#include <string>
#include <vector>

#include "NvInfer.h"
#include "pool_kernel.h"

namespace sample {

/// Tensors are linear and of one type. Extents are [channels, height, width]; the batch comes
/// apart.
class PoolPlugin final : public nvinfer1::IPluginV2IOExt {
 public:
  explicit PoolPlugin(Window const& window) : state_{window, {}, 0, 1, 1} {}
  /// From what serialize() wrote. Throws std::runtime_error for other bytes.
  PoolPlugin(void const* data, size_t length);

  nvinfer1::AsciiChar const* getPluginType() const noexcept override { return "MaxPool"; }
  nvinfer1::AsciiChar const* getPluginVersion() const noexcept override { return "2"; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  nvinfer1::Dims getOutputDimensions(int32_t index, nvinfer1::Dims const* inputs,
                                     int32_t nbInputDims) noexcept override;
  nvinfer1::DataType getOutputDataType(int32_t index, nvinfer1::DataType const* inputTypes,
                                       int32_t nbInputs) const noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer1::PluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) const noexcept override;
  void configurePlugin(nvinfer1::PluginTensorDesc const* in, int32_t nbInput,
                       nvinfer1::PluginTensorDesc const* out, int32_t nbOutput) noexcept override;
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  size_t getWorkspaceSize(int32_t maxBatchSize) const noexcept override;
  int32_t enqueue(int32_t batchSize, void const* const* inputs, void* const* outputs,
                  void* workspace, cudaStream_t stream) noexcept override;
  size_t getSerializationSize() const noexcept override { return sizeof state_; }
  void serialize(void* buffer) const noexcept override;
  void destroy() noexcept override { delete this; }
  nvinfer1::IPluginV2Ext* clone() const noexcept override;
  void setPluginNamespace(nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  nvinfer1::AsciiChar const* getPluginNamespace() const noexcept override;

 private:
  /// What an engine keeps of the plugin.
  struct State {
    Window window;
    Planes input;  ///< of one sample: count is its channels
    int32_t type;  ///< nvinfer1::DataType
    float inScale, outScale;
  };

  State state_;
  std::string namespace_;
};

/// Fields: kernel, strides and padding, each two of kINT32; 2, 2 and 0 where they are left out.
class PoolCreator final : public nvinfer1::IPluginCreator {
 public:
  PoolCreator();
  nvinfer1::AsciiChar const* getPluginName() const noexcept override { return "MaxPool"; }
  nvinfer1::AsciiChar const* getPluginVersion() const noexcept override { return "2"; }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &collection_; }
  nvinfer1::IPluginV2* createPlugin(nvinfer1::AsciiChar const* name,
                                    nvinfer1::PluginFieldCollection const* fc) noexcept override;
  nvinfer1::IPluginV2* deserializePlugin(nvinfer1::AsciiChar const* name, void const* serialData,
                                         size_t serialLength) noexcept override;
  void setPluginNamespace(nvinfer1::AsciiChar const* pluginNamespace) noexcept override;
  nvinfer1::AsciiChar const* getPluginNamespace() const noexcept override;

 private:
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_{};
  std::string namespace_;
};

}  // namespace sample
