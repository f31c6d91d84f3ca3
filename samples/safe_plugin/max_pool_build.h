// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The half of the plugin that the builder asks, on top of the one that runs; it stays on the
// workstation.
#pragma once

#include "max_pool_runtime.h"

namespace maxpool {

/// A plugin for engines with several static shapes, one an IO profile.
class MaxPoolBuild final : public MaxPoolRuntime, public nvinfer2::safe::IPluginV3OneSafeBuildMSS {
 public:
  explicit MaxPoolBuild(Parameters const& parameters) noexcept;

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  nvinfer1::IPluginV3* clone() noexcept override;

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(nvinfer1::DataType* outputTypes, int32_t nbOutputs,
                             nvinfer1::DataType const* inputTypes,
                             int32_t nbInputs) const noexcept override;
  int32_t getSymbolicOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                                  nvinfer1::DimsExprs* outputs, int32_t nbOutputs,
                                  nvinfer1::IExprBuilder& exprBuilder) const noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer2::safe::TensorDescriptor const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) noexcept override;
  int32_t configurePlugin(nvinfer2::safe::TensorDescriptor const* in, int32_t nbInputs,
                          nvinfer2::safe::TensorDescriptor const* out,
                          int32_t nbOutputs) noexcept override;
  char const* getTimingCacheID() noexcept override { return cacheId_; }

 private:
  char cacheId_[96];
};

/// Makes the whole plugin for a build, and the half that runs for an engine.
class MaxPoolCreator final : public MaxPoolRuntimeCreator {
 public:
  nvinfer1::IPluginV3* createPlugin(char const* name, nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase) noexcept override;
};

}  // namespace maxpool
