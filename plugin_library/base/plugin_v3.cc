// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Handing V3's questions on.
#include "plugin_library/base/plugin_v3.h"

#include <algorithm>
#include <new>

#include "tenon/host_plugin.h"

namespace shipped {

namespace {

using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginTensorDesc;
using TensorDescs = std::array<PluginTensorDesc, kMostTensors>;

/// As many as a plugin may have; more of them is refused by its number of inputs.
size_t countOf(int32_t tensors) {
  return std::min(static_cast<size_t>(std::max(tensors, 0)), kMostTensors);
}

/// The tensors as large as they may become.
std::span<PluginTensorDesc const> atMaximum(DynamicPluginTensorDesc const* from, int32_t count,
                                            TensorDescs& to) {
  for (size_t i = 0; i < countOf(count); ++i) {
    to[i] = from[i].desc;
    to[i].dims = from[i].max;
  }
  return {to.data(), countOf(count)};
}

}  // namespace

nvinfer1::IPluginCapability* PluginV3::getCapabilityInterface(
    nvinfer1::PluginCapabilityType type) noexcept {
  using Type = nvinfer1::PluginCapabilityType;
  if (type == Type::kCORE) return static_cast<nvinfer1::IPluginV3OneCore*>(this);
  if (type == Type::kBUILD) return static_cast<nvinfer1::IPluginV3OneBuild*>(this);
  return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
}

nvinfer1::IPluginV3* PluginV3::clone() noexcept {
  return new (std::nothrow) PluginV3(plugin_, nameSpace_);
}

char const* PluginV3::getMetadataString() noexcept { return tenon::kHOST_PLUGIN; }

int32_t PluginV3::getNbOutputs() const noexcept {
  return static_cast<int32_t>(plugin_->outputCount());
}

int32_t PluginV3::getOutputDataTypes(nvinfer1::DataType* outputTypes, int32_t nbOutputs,
                                     nvinfer1::DataType const* inputTypes,
                                     int32_t nbInputs) const noexcept {
  bool const good = plugin_->outputTypes({inputTypes, static_cast<size_t>(nbInputs)},
                                         {outputTypes, static_cast<size_t>(nbOutputs)});
  return good ? 0 : -1;
}

int32_t PluginV3::getOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                                  nvinfer1::DimsExprs const*, int32_t, nvinfer1::DimsExprs* outputs,
                                  int32_t nbOutputs, nvinfer1::IExprBuilder& exprBuilder) noexcept {
  ShapeRules const rules({inputs, static_cast<size_t>(nbInputs)}, exprBuilder);
  return plugin_->outputShapes(rules, {outputs, static_cast<size_t>(nbOutputs)}) ? 0 : -1;
}

bool PluginV3::supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut,
                                         int32_t nbInputs, int32_t) noexcept {
  auto const count = static_cast<size_t>(pos) + 1;
  if (count > kMostTensors) return false;
  TensorDescs tensors;
  for (size_t i = 0; i < count; ++i) tensors[i] = inOut[i].desc;
  return plugin_->supports({tensors.data(), count}, static_cast<size_t>(nbInputs));
}

size_t PluginV3::getWorkspaceSize(DynamicPluginTensorDesc const* inputs, int32_t nbInputs,
                                  DynamicPluginTensorDesc const* outputs,
                                  int32_t nbOutputs) const noexcept {
  TensorDescs in, out;
  return plugin_->workspaceBytes(atMaximum(inputs, nbInputs, in),
                                 atMaximum(outputs, nbOutputs, out));
}

int32_t PluginV3::onShapeChange(PluginTensorDesc const* in, int32_t nbInputs,
                                PluginTensorDesc const*, int32_t) noexcept {
  inputCount_ = static_cast<size_t>(nbInputs);
  return plugin_->accepts({in, inputCount_}) ? 0 : -1;
}

int32_t PluginV3::enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                          void const* const* inputs, void* const* outputs, void* workspace,
                          cudaStream_t) noexcept {
  return plugin_->run({inputDesc, inputCount_}, outputDesc, inputs, outputs, workspace) ? 0 : -1;
}

nvinfer1::PluginFieldCollection const* PluginV3::getFieldsToSerialize() noexcept {
  fields_ = plugin_->fields();
  collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  return &collection_;
}

}  // namespace shipped
