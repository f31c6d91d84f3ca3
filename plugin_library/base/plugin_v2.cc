// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Handing V2's questions on.
#include "plugin_library/base/plugin_v2.h"

#include <new>

#include "tenon/host_plugin.h"

namespace shipped {

namespace {

using nvinfer1::DataType;
using nvinfer1::DimsExprs;
using nvinfer1::PluginTensorDesc;

/// What a plugin of V2 answers when there is no answer.
constexpr auto kNoType = static_cast<DataType>(-1);
constexpr DimsExprs kNoShape{-1, {}};

}  // namespace

PluginV2::PluginV2(std::shared_ptr<Plugin const> plugin, std::string nameSpace, size_t inputs)
    : plugin_(std::move(plugin)), nameSpace_(std::move(nameSpace)), inputCount_(inputs) {
  sayWhereItRuns();
}

/// Kernels are the processor's: engines for a GPU copy around them. V2 has no word for it, so the
/// engine is told of whoever has been made.
void PluginV2::sayWhereItRuns() const noexcept {
  tenon::set_host_plugin(getPluginType(), getPluginVersion(), getPluginNamespace());
}

void PluginV2::setPluginNamespace(char const* nameSpace) noexcept {
  nameSpace_ = nameSpace == nullptr ? "" : nameSpace;
  sayWhereItRuns();
}

nvinfer1::IPluginV2DynamicExt* PluginV2::clone() const noexcept {
  return new (std::nothrow) PluginV2(plugin_, nameSpace_, inputCount_);
}

int32_t PluginV2::getNbOutputs() const noexcept {
  return static_cast<int32_t>(plugin_->outputCount());
}

DataType PluginV2::getOutputDataType(int32_t index, DataType const* inputTypes,
                                     int32_t nbInputs) const noexcept {
  std::array<DataType, kMostTensors> types{};
  size_t const count = plugin_->outputCount();
  bool const good =
      index >= 0 && static_cast<size_t>(index) < count &&
      plugin_->outputTypes({inputTypes, static_cast<size_t>(nbInputs)}, {types.data(), count});
  return good ? types[static_cast<size_t>(index)] : kNoType;
}

DimsExprs PluginV2::getOutputDimensions(int32_t outputIndex, DimsExprs const* inputs,
                                        int32_t nbInputs,
                                        nvinfer1::IExprBuilder& exprBuilder) noexcept {
  std::array<DimsExprs, kMostTensors> shapes{};
  size_t const count = plugin_->outputCount();
  ShapeRules const rules({inputs, static_cast<size_t>(nbInputs)}, exprBuilder);
  bool const good = outputIndex >= 0 && static_cast<size_t>(outputIndex) < count &&
                    plugin_->outputShapes(rules, {shapes.data(), count});
  return good ? shapes[static_cast<size_t>(outputIndex)] : kNoShape;
}

bool PluginV2::supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut,
                                         int32_t nbInputs, int32_t) noexcept {
  return pos >= 0 &&
         plugin_->supports({inOut, static_cast<size_t>(pos) + 1}, static_cast<size_t>(nbInputs));
}

void PluginV2::configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t nbInputs,
                               nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept {
  inputCount_ = static_cast<size_t>(nbInputs);
}

size_t PluginV2::getWorkspaceSize(PluginTensorDesc const* inputs, int32_t nbInputs,
                                  PluginTensorDesc const* outputs,
                                  int32_t nbOutputs) const noexcept {
  return plugin_->workspaceBytes({inputs, static_cast<size_t>(nbInputs)},
                                 {outputs, static_cast<size_t>(nbOutputs)});
}

int32_t PluginV2::enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                          void const* const* inputs, void* const* outputs, void* workspace,
                          cudaStream_t) noexcept {
  std::span const given(inputDesc, inputCount_);
  bool const good =
      plugin_->accepts(given) && plugin_->run(given, outputDesc, inputs, outputs, workspace);
  return good ? 0 : -1;
}

SavedState PluginV2::saved() const {
  return {static_cast<uint32_t>(inputCount_), plugin_->fields()};
}

}  // namespace shipped
