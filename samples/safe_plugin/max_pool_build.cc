// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the builder asks.
#include "max_pool_build.h"

#include <cstdio>
#include <new>

#include "NvInferRuntime.h"

namespace maxpool {

using namespace nvinfer1;
using namespace nvinfer2::safe;

namespace {

/// pooled() as an expression; null when the builder has no memory.
IDimensionExpr const* pooledExpression(IDimensionExpr const* extent, Axis const& axis,
                                       IExprBuilder& builder) noexcept {
  auto const* room = builder.constant(2 * axis.pad - axis.kernel);
  auto const* stride = builder.constant(axis.stride);
  auto const* one = builder.constant(1);
  if (extent == nullptr || room == nullptr || stride == nullptr || one == nullptr) return nullptr;
  auto const* steps = builder.operation(DimensionOperation::kSUM, *extent, *room);
  if (steps != nullptr) steps = builder.operation(DimensionOperation::kFLOOR_DIV, *steps, *stride);
  return steps == nullptr ? nullptr : builder.operation(DimensionOperation::kSUM, *steps, *one);
}

bool isOneToOne(int32_t nbInputs, int32_t nbOutputs) noexcept {
  return nbInputs == 1 && nbOutputs == 1;
}

}  // namespace

MaxPoolBuild::MaxPoolBuild(Parameters const& p) noexcept : MaxPoolRuntime(p) {
  std::snprintf(cacheId_, sizeof cacheId_, "kernel %dx%d stride %dx%d pad %dx%d", p.kernelShape[0],
                p.kernelShape[1], p.strides[0], p.strides[1], p.pads[0], p.pads[1]);
}

IPluginCapability* MaxPoolBuild::getCapabilityInterface(PluginCapabilityType type) noexcept {
  if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneSafeBuildMSS*>(this);
  return MaxPoolRuntime::getCapabilityInterface(type);
}

// Build halves cannot be copied: a clone is made anew.
IPluginV3* MaxPoolBuild::clone() noexcept { return new (std::nothrow) MaxPoolBuild(parameters()); }

int32_t MaxPoolBuild::getOutputDataTypes(DataType* outputTypes, int32_t nbOutputs,
                                         DataType const* inputTypes,
                                         int32_t nbInputs) const noexcept {
  if (!isOneToOne(nbInputs, nbOutputs)) return 1;
  outputTypes[0] = inputTypes[0];
  return 0;
}

int32_t MaxPoolBuild::getSymbolicOutputShapes(DimsExprs const* inputs, int32_t nbInputs,
                                              DimsExprs* outputs, int32_t nbOutputs,
                                              IExprBuilder& exprBuilder) const noexcept {
  if (!isOneToOne(nbInputs, nbOutputs) || inputs[0].nbDims != 4) return 1;
  outputs[0] = inputs[0];
  outputs[0].d[2] = pooledExpression(inputs[0].d[2], window().y, exprBuilder);
  outputs[0].d[3] = pooledExpression(inputs[0].d[3], window().x, exprBuilder);
  return outputs[0].d[2] == nullptr || outputs[0].d[3] == nullptr ? 1 : 0;
}

// Any order of the axes is good, since the loops follow the strides; both ends have the same.
bool MaxPoolBuild::supportsFormatCombination(int32_t pos, TensorDescriptor const* inOut,
                                             int32_t nbInputs, int32_t nbOutputs) noexcept {
  if (!isOneToOne(nbInputs, nbOutputs) || inOut[pos].vectorizedDim != -1) return false;
  DataType const type = inOut[pos].dataType;
  if (pos > 0) return type == inOut[0].dataType && inOut[pos].strideOrder == inOut[0].strideOrder;
  return type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kINT8;
}

int32_t MaxPoolBuild::configurePlugin(TensorDescriptor const* in, int32_t nbInputs,
                                      TensorDescriptor const* out, int32_t nbOutputs) noexcept {
  return isOneToOne(nbInputs, nbOutputs) && in[0].dataType == out[0].dataType ? 0 : 1;
}

IPluginV3* MaxPoolCreator::createPlugin(char const* name, PluginFieldCollection const* fields,
                                        TensorRTPhase phase) noexcept {
  if (phase == TensorRTPhase::kRUNTIME) {
    return MaxPoolRuntimeCreator::createPlugin(name, fields, phase);
  }
  Parameters parameters;
  if (!read(fields, parameters, getSafeRecorder())) return nullptr;
  return new (std::nothrow) MaxPoolBuild(parameters);
}

}  // namespace maxpool
