// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of the V2DynamicExt family written in Python.
#pragma once

#include <optional>
#include <string>

#include "proxy.h"

namespace tenon::python {

/// The Python side of IPluginV2DynamicExt. What clone() and creators hand out holds a reference to
/// its own Python object, which destroy() lets go.
class PythonPluginV2 final : public nvinfer1::IPluginV2DynamicExt {
 public:
  int32_t getTensorRTVersion() const noexcept override {
    return nvinfer1::impl::pluginVersionTag(nvinfer1::PluginVersion::kV2_DYNAMICEXT_PYTHON);
  }
  static nvinfer1::IPluginV2* hand_over(const py::object& plugin);

  char const* getPluginType() const noexcept override;
  char const* getPluginVersion() const noexcept override;
  int32_t getNbOutputs() const noexcept override;
  int32_t initialize() noexcept override;
  void terminate() noexcept override;
  size_t getSerializationSize() const noexcept override;
  void serialize(void* buffer) const noexcept override;
  void destroy() noexcept override;
  void setPluginNamespace(char const* space) noexcept override;
  char const* getPluginNamespace() const noexcept override;
  nvinfer1::DataType getOutputDataType(int32_t index, nvinfer1::DataType const* types,
                                       int32_t inputs) const noexcept override;
  nvinfer1::IPluginV2DynamicExt* clone() const noexcept override;
  nvinfer1::DimsExprs getOutputDimensions(int32_t index, nvinfer1::DimsExprs const* in,
                                          int32_t inputs,
                                          nvinfer1::IExprBuilder& builder) noexcept override;
  bool supportsFormatCombination(int32_t position, nvinfer1::PluginTensorDesc const* in_out,
                                 int32_t inputs, int32_t outputs) noexcept override;
  void configurePlugin(nvinfer1::DynamicPluginTensorDesc const* in, int32_t inputs,
                       nvinfer1::DynamicPluginTensorDesc const* out,
                       int32_t outputs) noexcept override;
  size_t getWorkspaceSize(nvinfer1::PluginTensorDesc const* in, int32_t inputs,
                          nvinfer1::PluginTensorDesc const* out,
                          int32_t outputs) const noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* in, nvinfer1::PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, void* workspace,
                  cudaStream_t stream) noexcept override;

  std::optional<std::string> type, version, space;  ///< these four: as the properties were set
  std::optional<int32_t> num_outputs;

 private:
  using Bound = nvinfer1::IPluginV2DynamicExt;
  mutable std::string type_shown_, version_shown_, space_shown_;
  mutable int32_t inputs_ = 0;   ///< enqueue is not told: what other calls told last
  mutable std::string content_;  ///< between getSerializationSize and serialize
};

/// The Python object of a plugin of version 2, in the class of its family; None for null.
py::object typed_plugin(nvinfer1::IPluginV2* plugin);

}  // namespace tenon::python
