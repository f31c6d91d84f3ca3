// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the three plugins "Brighten" share: one float32 input, one output, each element for itself.
#pragma once

#include <cstring>
#include <new>

#include "NvInfer.h"

namespace brighten {

/// y = gain * x + offset. The engine file keeps the two numbers as fields.
struct Line {
  float gain = 1;
  float offset = 0;
};

/// Who a plugin is. Name, version and namespace together must be unique in a registry.
struct Identity {
  char const* version;
  char const* nameSpace;
};

constexpr char const* kName = "Brighten";

class Plugin final : public nvinfer1::IPluginV3,
                     public nvinfer1::IPluginV3OneCore,
                     public nvinfer1::IPluginV3OneBuild,
                     public nvinfer1::IPluginV3OneRuntime {
 public:
  Plugin(Identity const& identity, Line const& line) : identity_(identity), line_(line) {}
  Plugin(Plugin const& other) : Plugin(other.identity_, other.line_) {}

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    using Type = nvinfer1::PluginCapabilityType;
    if (type == Type::kCORE) return static_cast<nvinfer1::IPluginV3OneCore*>(this);
    if (type == Type::kBUILD) return static_cast<nvinfer1::IPluginV3OneBuild*>(this);
    return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
  }
  nvinfer1::IPluginV3* clone() noexcept override { return new (std::nothrow) Plugin(*this); }

  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  char const* getPluginNamespace() const noexcept override { return identity_.nameSpace; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(nvinfer1::DataType* out, int32_t, nvinfer1::DataType const* in,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return 0;
  }
  int32_t getOutputShapes(nvinfer1::DimsExprs const* in, int32_t, nvinfer1::DimsExprs const*,
                          int32_t, nvinfer1::DimsExprs* out, int32_t,
                          nvinfer1::IExprBuilder&) noexcept override {
    out[0] = in[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t pos, nvinfer1::DynamicPluginTensorDesc const* inOut,
                                 int32_t, int32_t) noexcept override {
    return inOut[pos].desc.type == nvinfer1::DataType::kFLOAT &&
           inOut[pos].desc.format == nvinfer1::TensorFormat::kLINEAR;
  }
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                          nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }

  int32_t onShapeChange(nvinfer1::PluginTensorDesc const* in, int32_t,
                        nvinfer1::PluginTensorDesc const*, int32_t) noexcept override {
    count_ = 1;
    for (int32_t i = 0; i < in[0].dims.nbDims; ++i) count_ *= in[0].dims.d[i];
    return 0;
  }
  int32_t enqueue(nvinfer1::PluginTensorDesc const*, nvinfer1::PluginTensorDesc const*,
                  void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    auto const* x = static_cast<float const*>(inputs[0]);
    auto* y = static_cast<float*>(outputs[0]);
    for (int64_t i = 0; i < count_; ++i) y[i] = line_.gain * x[i] + line_.offset;
    return 0;
  }
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return &collection_;
  }

 private:
  Identity identity_;
  Line line_;
  int64_t count_ = 0;
  nvinfer1::PluginField fields_[2]{
      {"gain", &line_.gain, nvinfer1::PluginFieldType::kFLOAT32, 1},
      {"offset", &line_.offset, nvinfer1::PluginFieldType::kFLOAT32, 1}};
  nvinfer1::PluginFieldCollection collection_{2, fields_};
};

/// Makes plugins of one identity. A node may replace the gain if `takesGain`; an engine file always
/// gives both numbers.
class Creator final : public nvinfer1::IPluginCreatorV3One {
 public:
  Creator(Identity const& identity, Line const& line, bool takesGain)
      : identity_(identity), line_(line), collection_{takesGain ? 1 : 0, &gain_} {}

  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  char const* getPluginNamespace() const noexcept override { return identity_.nameSpace; }

  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &collection_; }

  nvinfer1::IPluginV3* createPlugin(char const*, nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase) noexcept override {
    Line line = line_;
    for (int32_t i = 0; fields != nullptr && i < fields->nbFields; ++i) {
      nvinfer1::PluginField const& field = fields->fields[i];
      if (field.data == nullptr || field.type != nvinfer1::PluginFieldType::kFLOAT32) continue;
      if (std::strcmp(field.name, "gain") == 0) std::memcpy(&line.gain, field.data, sizeof(float));
      if (std::strcmp(field.name, "offset") == 0) {
        std::memcpy(&line.offset, field.data, sizeof(float));
      }
    }
    return new (std::nothrow) Plugin(identity_, line);
  }

 private:
  Identity identity_;
  Line line_;
  nvinfer1::PluginField gain_{"gain", nullptr, nvinfer1::PluginFieldType::kFLOAT32, 1};
  nvinfer1::PluginFieldCollection collection_;
};

}  // namespace brighten
