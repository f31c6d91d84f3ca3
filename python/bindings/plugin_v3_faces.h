// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of version 3 plugins written in Python.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "plugin_fields.h"
#include "proxy.h"

namespace tenon::python {

class PythonCore : public nvinfer1::IPluginV3OneCore {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  char const* getPluginName() const noexcept override;
  char const* getPluginVersion() const noexcept override;
  char const* getPluginNamespace() const noexcept override;

  std::optional<std::string> name, version, space;  ///< as the properties were set

 private:
  mutable std::string name_shown_, version_shown_, space_shown_;
};

/// The build face of either version.
template <class Interface>
class PythonBuild : public Interface {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const* in, int32_t inputs,
                          nvinfer1::DynamicPluginTensorDesc const* out,
                          int32_t outputs) noexcept override;
  int32_t getOutputDataTypes(nvinfer1::DataType* types, int32_t outputs,
                             nvinfer1::DataType const* input_types,
                             int32_t inputs) const noexcept override;
  int32_t getOutputShapes(nvinfer1::DimsExprs const* in, int32_t inputs,
                          nvinfer1::DimsExprs const* shape_in, int32_t shape_inputs,
                          nvinfer1::DimsExprs* out, int32_t outputs,
                          nvinfer1::IExprBuilder& builder) noexcept override;
  bool supportsFormatCombination(int32_t position, nvinfer1::DynamicPluginTensorDesc const* in_out,
                                 int32_t inputs, int32_t outputs) noexcept override;
  int32_t getNbOutputs() const noexcept override;
  size_t getWorkspaceSize(nvinfer1::DynamicPluginTensorDesc const* in, int32_t inputs,
                          nvinfer1::DynamicPluginTensorDesc const* out,
                          int32_t outputs) const noexcept override;
  int32_t getValidTactics(int32_t* tactics, int32_t count) noexcept override;
  int32_t getNbTactics() noexcept override;
  char const* getTimingCacheID() noexcept override;
  int32_t getFormatCombinationLimit() noexcept override;
  char const* getMetadataString() noexcept override;

  std::optional<int32_t> num_outputs;  ///< these four: as the properties were set
  std::optional<std::string> timing_cache_id, metadata_string;
  int32_t format_combination_limit = Interface::kDEFAULT_FORMAT_COMBINATION_LIMIT;

 private:
  const Interface* self() const noexcept { return this; }
  const char* optional_text(const char* name, std::string& storage) noexcept;
  std::string timing_cache_id_shown_, metadata_shown_;
};

/// The build face with aliases.
class PythonBuildV2 final : public PythonBuild<nvinfer1::IPluginV3OneBuildV2> {
 public:
  int32_t getAliasedInput(int32_t output) noexcept override;
};

class PythonRuntime final : public nvinfer1::IPluginV3OneRuntime {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  int32_t setTactic(int32_t tactic) noexcept override;
  int32_t onShapeChange(nvinfer1::PluginTensorDesc const* in, int32_t inputs,
                        nvinfer1::PluginTensorDesc const* out, int32_t outputs) noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* in, nvinfer1::PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, void* workspace,
                  cudaStream_t stream) noexcept override;
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext* context) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override;

 private:
  int32_t inputs_ = 0, outputs_ = 0;  ///< enqueue is not told: the last onShapeChange was
  std::shared_ptr<Fields> fields_;    ///< shown to the engine
};

}  // namespace tenon::python
