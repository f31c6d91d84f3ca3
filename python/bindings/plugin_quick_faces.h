// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of quick plugins written in Python.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/NvInferPythonPlugin.h"
#include "plugin_fields.h"
#include "proxy.h"

namespace tenon::python {

/// For module.cc, as those in bind.h: the faces, and what kernels' launches are written with.
void bind_plugin_quick(py::module_& m);
void bind_symbolic_launch(py::module_& m);

class PythonQuickCore final : public nvinfer1::IPluginV3QuickCore {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  char const* getPluginName() const noexcept override;
  char const* getPluginVersion() const noexcept override;
  char const* getPluginNamespace() const noexcept override;

  std::optional<std::string> name, version, space;  ///< as the properties were set

 private:
  mutable std::string name_shown_, version_shown_, space_shown_;
};

/// The build face of either kind.
template <class Interface>
class PythonQuickBuild : public Interface {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  int32_t getOutputDataTypes(nvinfer1::DataType* types, int32_t outputs,
                             nvinfer1::DataType const* input_types, int32_t const* ranks,
                             int32_t inputs) const noexcept override;
  int32_t getOutputShapes(nvinfer1::DimsExprs const* in, int32_t inputs,
                          nvinfer1::DimsExprs const* shape_in, int32_t shape_inputs,
                          nvinfer1::DimsExprs* out, int32_t outputs,
                          nvinfer1::IExprBuilder& builder) noexcept override;
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const* in, int32_t inputs,
                          nvinfer1::DynamicPluginTensorDesc const* out,
                          int32_t outputs) noexcept override;
  int32_t getNbSupportedFormatCombinations(nvinfer1::DynamicPluginTensorDesc const* in_out,
                                           int32_t inputs, int32_t outputs) noexcept override;
  int32_t getSupportedFormatCombinations(nvinfer1::DynamicPluginTensorDesc const* in_out,
                                         int32_t inputs, int32_t outputs,
                                         nvinfer1::PluginTensorDesc* combinations,
                                         int32_t count) noexcept override;
  int32_t getNbOutputs() const noexcept override;
  int32_t getAliasedInput(int32_t output) noexcept override;
  int32_t getValidTactics(int32_t* tactics, int32_t count) noexcept override;
  int32_t getNbTactics() noexcept override;
  char const* getTimingCacheID() noexcept override;
  char const* getMetadataString() noexcept override;

  std::optional<int32_t> num_outputs;  ///< as the property was set

 private:
  const Interface* self() const noexcept { return this; }
  const char* optional_text(const char* method, std::string& storage) noexcept;
  std::vector<nvinfer1::PluginTensorDesc> combinations_;  ///< of the last count
  std::vector<int32_t> tactics_;                          ///< likewise
  std::string timing_cache_id_shown_, metadata_shown_;
};

/// The build face that has a kernel compiled.
class PythonQuickAotBuild final : public PythonQuickBuild<nvinfer1::IPluginV3QuickAOTBuild> {
 public:
  int32_t getLaunchParams(nvinfer1::DimsExprs const* inputs,
                          nvinfer1::DynamicPluginTensorDesc const* in_out, int32_t input_count,
                          int32_t output_count, nvinfer1::IKernelLaunchParams* launch,
                          nvinfer1::ISymExprs* arguments,
                          nvinfer1::IExprBuilder& builder) noexcept override;
  int32_t getKernel(nvinfer1::PluginTensorDesc const* in, int32_t inputs,
                    nvinfer1::PluginTensorDesc const* out, int32_t outputs, char const** name,
                    char** code, int32_t* size) noexcept override;
  int32_t setTactic(int32_t tactic) noexcept override;

 private:
  py::object launch_owner_, arguments_owner_;  ///< keep what was put in until the next call
  std::string kernel_name_, kernel_code_;
};

class PythonQuickRuntime final : public nvinfer1::IPluginV3QuickRuntime {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override;
  int32_t setTactic(int32_t tactic) noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* in, nvinfer1::PluginTensorDesc const* out,
                  void const* const* inputs, void* const* outputs, nvinfer1::Dims const* in_strides,
                  nvinfer1::Dims const* out_strides, int32_t input_count, int32_t output_count,
                  cudaStream_t stream) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override;

 private:
  std::shared_ptr<Fields> fields_;  ///< shown to the engine
};

}  // namespace tenon::python
