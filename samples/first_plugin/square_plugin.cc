// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The smallest plugin, y = x * x: one class shows all three faces of a V3 plugin.
#include <new>

#include "NvInfer.h"

using namespace nvinfer1;
using Tensors = PluginTensorDesc const*;
using Ranges = DynamicPluginTensorDesc const*;
using Fields = PluginFieldCollection const*;
static const PluginFieldCollection kNoFields{};

// [plugin]
struct Square final : IPluginV3, IPluginV3OneCore, IPluginV3OneBuild, IPluginV3OneRuntime {
  IPluginCapability* getCapabilityInterface(PluginCapabilityType face) noexcept override {
    if (face == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (face == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
    return static_cast<IPluginV3OneRuntime*>(this);
  }
  IPluginV3* clone() noexcept override { return new (std::nothrow) Square; }
  char const* getPluginName() const noexcept override { return "Square"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const* in,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out,
                          int32_t, IExprBuilder&) noexcept override {
    out[0] = in[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t i, Ranges io, int32_t, int32_t) noexcept override {
    return io[i].desc.type == DataType::kFLOAT && io[i].desc.format == TensorFormat::kLINEAR;
  }
  int32_t configurePlugin(Ranges, int32_t, Ranges, int32_t) noexcept override { return 0; }

  int32_t onShapeChange(Tensors, int32_t, Tensors, int32_t) noexcept override { return 0; }
  int32_t enqueue(Tensors in, Tensors, void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    auto const* x = static_cast<float const*>(inputs[0]);  // host memory on a CPU engine
    auto* y = static_cast<float*>(outputs[0]);
    int64_t count = 1;
    for (int32_t i = 0; i < in[0].dims.nbDims; ++i) count *= in[0].dims.d[i];
    for (int64_t i = 0; i < count; ++i) y[i] = x[i] * x[i];
    return 0;
  }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }
  Fields getFieldsToSerialize() noexcept override { return &kNoFields; }
};
// [/plugin]

struct SquareCreator final : IPluginCreatorV3One {
  char const* getPluginName() const noexcept override { return "Square"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  Fields getFieldNames() noexcept override { return &kNoFields; }
  IPluginV3* createPlugin(char const*, Fields, TensorRTPhase) noexcept override {
    return new (std::nothrow) Square;
  }
};

/// What --dynamicPlugins and IPluginRegistry::loadLibrary ask a library for.
extern "C" TENSORRTAPI IPluginCreatorInterface* const* getCreators(int32_t& count) {
  static SquareCreator creator;
  static IPluginCreatorInterface* const creators[] = {&creator};
  count = 1;
  return creators;
}
