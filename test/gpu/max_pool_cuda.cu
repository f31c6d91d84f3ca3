// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The max-pool plugin with a kernel for GPUs: what a plugin of version 3 is given by an engine
// there.
#include <array>
#include <new>
#include <string>

#include "max_pool_common.h"
#include "max_pool_launch.cuh"

namespace maxpool {

using namespace nvinfer1;

namespace {

class CudaMaxPool final : public IPluginV3,
                          public IPluginV3OneCore,
                          public IPluginV3OneBuild,
                          public IPluginV3OneRuntime {
 public:
  explicit CudaMaxPool(Parameters const& parameters)
      : parameters_(parameters),
        window_(windowOf(parameters)),
        fields_{
            PluginField{"kernel_shape", parameters_.kernelShape.data(), PluginFieldType::kINT32, 2},
            PluginField{"strides", parameters_.strides.data(), PluginFieldType::kINT32, 2},
            PluginField{"pads", parameters_.pads.data(), PluginFieldType::kINT32, 2}},
        collection_{3, fields_.data()} {}
  CudaMaxPool(CudaMaxPool const& other) : CudaMaxPool(other.parameters_) {}

  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
    return static_cast<IPluginV3OneRuntime*>(this);
  }
  IPluginV3* clone() noexcept override { return new (std::nothrow) CudaMaxPool(*this); }
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(DataType* outputs, int32_t, DataType const* inputs,
                             int32_t) const noexcept override {
    outputs[0] = inputs[0];
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* inputs, int32_t, DimsExprs const*, int32_t,
                          DimsExprs* outputs, int32_t, IExprBuilder& builder) noexcept override {
    outputs[0] = inputs[0];
    outputs[0].d[2] = pooled(*inputs[0].d[2], window_.y, builder);
    outputs[0].d[3] = pooled(*inputs[0].d[3], window_.x, builder);
    return 0;
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut, int32_t,
                                 int32_t) noexcept override {
    PluginTensorDesc const& asked = inOut[pos].desc;
    if (asked.type != DataType::kFLOAT) return false;
    if (pos > 0) return asked.format == inOut[0].desc.format;
    return asked.format == TensorFormat::kLINEAR || asked.format == TensorFormat::kHWC;
  }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return 0;
  }

  int32_t onShapeChange(PluginTensorDesc const* in, int32_t, PluginTensorDesc const* out,
                        int32_t) noexcept override {
    auto const& from = in[0].dims.d;
    auto const& to = out[0].dims.d;
    extents_ = {from[0], from[1], from[2], from[3], to[2], to[3]};
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const* inputs, PluginTensorDesc const*, void const* const* in,
                  void* const* out, void*, cudaStream_t stream) noexcept override {
    return launchPool(window_, extents_, inputs[0].format == TensorFormat::kHWC, in[0], out[0],
                      stream);
  }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override { return &collection_; }

 private:
  Parameters parameters_;
  Window window_;
  Extents extents_{};
  std::array<PluginField, 3> fields_;
  PluginFieldCollection collection_;
};

class CudaMaxPoolCreator final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &understoodFields(); }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const* fields,
                          TensorRTPhase) noexcept override {
    Parameters parameters;
    if (!read(fields, parameters)) return nullptr;
    return new (std::nothrow) CudaMaxPool(parameters);
  }
};

}  // namespace

REGISTER_TENSORRT_PLUGIN(CudaMaxPoolCreator);

}  // namespace maxpool
