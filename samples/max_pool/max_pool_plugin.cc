// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the builder asks, and what an execution context runs.
#include "max_pool_plugin.h"

#include <new>

namespace maxpool {

using namespace nvinfer1;

MaxPoolPlugin::MaxPoolPlugin(Parameters const& parameters)
    : parameters_(parameters),
      window_(windowOf(parameters)),
      fields_{
          PluginField{"kernel_shape", parameters_.kernelShape.data(), PluginFieldType::kINT32, 2},
          PluginField{"strides", parameters_.strides.data(), PluginFieldType::kINT32, 2},
          PluginField{"pads", parameters_.pads.data(), PluginFieldType::kINT32, 2},
          PluginField{"pType", &parameters_.poolingType, PluginFieldType::kINT32, 1}},
      collection_{static_cast<int32_t>(fields_.size()), fields_.data()} {
  for (Axis const& axis : {window_.y, window_.x}) {
    cacheId_ += "kernel " + std::to_string(axis.kernel) + " stride " + std::to_string(axis.stride) +
                " pad " + std::to_string(axis.pad) + "; ";
  }
}

IPluginCapability* MaxPoolPlugin::getCapabilityInterface(PluginCapabilityType type) noexcept {
  switch (type) {
    case PluginCapabilityType::kCORE:
      return static_cast<IPluginV3OneCore*>(this);
    case PluginCapabilityType::kBUILD:
      return static_cast<IPluginV3OneBuild*>(this);
    case PluginCapabilityType::kRUNTIME:
      return static_cast<IPluginV3OneRuntime*>(this);
  }
  return nullptr;
}

IPluginV3* MaxPoolPlugin::clone() noexcept { return new (std::nothrow) MaxPoolPlugin(*this); }

int32_t MaxPoolPlugin::getOutputDataTypes(DataType* outputTypes, int32_t,
                                          DataType const* inputTypes, int32_t) const noexcept {
  outputTypes[0] = inputTypes[0];
  return 0;
}

int32_t MaxPoolPlugin::getOutputShapes(DimsExprs const* inputs, int32_t nbInputs, DimsExprs const*,
                                       int32_t, DimsExprs* outputs, int32_t,
                                       IExprBuilder& exprBuilder) noexcept {
  if (nbInputs != 1 || inputs[0].nbDims != 4) {
    report(ILogger::Severity::kERROR,
           "MaxPoolPlugin pools one input of 4 dimensions, [N, C, H, W]");
    return 1;
  }
  outputs[0] = inputs[0];
  outputs[0].d[2] = pooled(*inputs[0].d[2], window_.y, exprBuilder);
  outputs[0].d[3] = pooled(*inputs[0].d[3], window_.x, exprBuilder);
  return 0;
}

bool MaxPoolPlugin::supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut,
                                              int32_t, int32_t) noexcept {
  PluginTensorDesc const& asked = inOut[pos].desc;
  if (asked.type != DataType::kFLOAT) return false;
  if (pos > 0) return asked.format == inOut[0].desc.format;
  return asked.format == TensorFormat::kLINEAR || asked.format == TensorFormat::kHWC;
}

int32_t MaxPoolPlugin::configurePlugin(DynamicPluginTensorDesc const*, int32_t,
                                       DynamicPluginTensorDesc const*, int32_t) noexcept {
  return 0;  // Nothing depends on the range of shapes.
}

int32_t MaxPoolPlugin::onShapeChange(PluginTensorDesc const* in, int32_t,
                                     PluginTensorDesc const* out, int32_t) noexcept {
  auto const& from = in[0].dims.d;
  auto const& to = out[0].dims.d;
  if (to[2] < 1 || to[3] < 1) {
    report(ILogger::Severity::kERROR, "MaxPoolPlugin: the window is larger than the picture of " +
                                          std::to_string(from[2]) + "x" + std::to_string(from[3]));
    return 1;
  }
  extents_ = {from[0], from[1], from[2], from[3], to[2], to[3]};
  return 0;
}

int32_t MaxPoolPlugin::enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const*,
                               void const* const* inputs, void* const* outputs, void*,
                               cudaStream_t) noexcept {
  auto const pool = inputDesc[0].format == TensorFormat::kHWC ? poolChannelsLast : poolLinear;
  pool(window_, extents_, static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]));
  return 0;
}

IPluginV3* MaxPoolPlugin::attachToContext(IPluginResourceContext*) noexcept { return clone(); }

PluginFieldCollection const* MaxPoolPlugin::getFieldsToSerialize() noexcept { return &collection_; }

}  // namespace maxpool
