// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin "Collective", version "1", namespace "": one tensor, and what all processes make of
// it.
#pragma once

#include <array>
#include <string>

#include "NvInfer.h"
#include "world.h"

namespace collective {

enum class Operation { AllReduce, AllGather, ReduceScatter, Broadcast };

/// What the creator reads from the fields of a node.
struct Parameters {
  Operation operation = Operation::AllReduce;  ///< "operation": a text, "all_reduce", …
  Reduction reduction = Reduction::Sum;  ///< "reduction": "sum", "prod", "max", "min" or "avg"
  int32_t root = 0;                      ///< "root": whose tensor a broadcast spreads
  int32_t ranks = 1;                     ///< "ranks": how many processes; else as launched
};

/// Reads and checks fields; false, with the reason said, when they make no sense.
bool read(nvinfer1::PluginFieldCollection const* fields, Parameters& into);
nvinfer1::PluginFieldCollection const& understoodFields();
/// The text of a field.
std::string textOf(Operation operation);
std::string textOf(Reduction reduction);

/// The outcome's first extent: `ranks` times the input's after a gathering, that part of it after a
/// scattering.
nvinfer1::IDimensionExpr const* firstExtent(Parameters const& parameters,
                                            nvinfer1::IDimensionExpr const& extent,
                                            nvinfer1::IExprBuilder& builder);

/// One object is used by one thread at a time. While an engine is built nothing is exchanged: the
/// processes build at their own pace, and a trial would wait for others that do not come.
class CollectivePlugin final : public nvinfer1::IPluginV3,
                               public nvinfer1::IPluginV3OneCore,
                               public nvinfer1::IPluginV3OneBuild,
                               public nvinfer1::IPluginV3OneRuntime {
 public:
  CollectivePlugin(Parameters const& parameters, bool building);
  CollectivePlugin(CollectivePlugin const& other);

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  nvinfer1::IPluginV3* clone() noexcept override;
  char const* getPluginName() const noexcept override;
  char const* getPluginVersion() const noexcept override;
  char const* getPluginNamespace() const noexcept override;

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(nvinfer1::DataType* outputs, int32_t, nvinfer1::DataType const* inputs,
                             int32_t) const noexcept override;
  int32_t getOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                          nvinfer1::DimsExprs const*, int32_t, nvinfer1::DimsExprs* outputs,
                          int32_t, nvinfer1::IExprBuilder& builder) noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer1::DynamicPluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t) noexcept override;
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                          nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }

  int32_t onShapeChange(nvinfer1::PluginTensorDesc const* in, int32_t,
                        nvinfer1::PluginTensorDesc const* out, int32_t) noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const*, nvinfer1::PluginTensorDesc const*,
                  void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t stream) noexcept override;
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override;

 private:
  Parameters parameters_;
  bool building_;
  World* world_ = nullptr;
  Element element_ = Element::Float32;
  size_t inputCount_ = 0, outputCount_ = 0;
  std::string operationText_, reductionText_;
  std::array<nvinfer1::PluginField, 4> fields_;
  nvinfer1::PluginFieldCollection collection_{};
};

}  // namespace collective
