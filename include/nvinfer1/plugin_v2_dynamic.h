// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 2 plugins with dynamic shapes.
#pragma once

#include "nvinfer1/expr.h"
#include "nvinfer1/plugin_v2.h"

namespace nvinfer1 {

/// A version 2 plugin whose output shapes are expressions of its input shapes.
class TRT_DEPRECATED IPluginV2DynamicExt : public nvinfer1::IPluginV2Ext {
 public:
  IPluginV2DynamicExt* clone() const noexcept override = 0;

  /// Extents of output `outputIndex`, made with `exprBuilder`.
  virtual DimsExprs getOutputDimensions(int32_t outputIndex, DimsExprs const* inputs,
                                        int32_t nbInputs, IExprBuilder& exprBuilder) noexcept = 0;

  /// At most this many format combinations are tried.
  static constexpr int32_t kFORMAT_COMBINATION_LIMIT = 100;

  /// Whether entry `pos` of the inputs followed by the outputs fits the entries before it. Entries
  /// after `pos` hold nothing.
  virtual bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut,
                                         int32_t nbInputs, int32_t nbOutputs) noexcept = 0;

  /// While building: the candidate's formats with the profile's range, extents may be -1. At run
  /// time: after each change of profile or input shape, with the extents of the next enqueue.
  virtual void configurePlugin(DynamicPluginTensorDesc const* in, int32_t nbInputs,
                               DynamicPluginTensorDesc const* out, int32_t nbOutputs) noexcept = 0;

  /// Bytes of scratch memory for an enqueue with these descriptors.
  virtual size_t getWorkspaceSize(PluginTensorDesc const* inputs, int32_t nbInputs,
                                  PluginTensorDesc const* outputs,
                                  int32_t nbOutputs) const noexcept = 0;

  /// Puts the work on `stream`; all extents are known. 0 on success.
  virtual int32_t enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                          void const* const* inputs, void* const* outputs, void* workspace,
                          cudaStream_t stream) noexcept = 0;

 protected:
  int32_t getTensorRTVersion() const noexcept override {
    return impl::pluginVersionTag(PluginVersion::kV2_DYNAMICEXT);
  }

  virtual ~IPluginV2DynamicExt() noexcept {}

 private:
  // Replaced by the methods above.
  void configurePlugin(Dims const*, int32_t, Dims const*, int32_t, DataType const*, DataType const*,
                       bool const*, bool const*, PluginFormat, int32_t) noexcept final {}
  bool supportsFormat(DataType, PluginFormat) const noexcept final { return false; }
  Dims getOutputDimensions(int32_t, Dims const*, int32_t) noexcept final { return Dims{-1, {}}; }
  TRT_DEPRECATED bool isOutputBroadcastAcrossBatch(int32_t, bool const*,
                                                   int32_t) const noexcept final {
    return false;
  }
  TRT_DEPRECATED bool canBroadcastInputAcrossBatch(int32_t) const noexcept final { return true; }
  size_t getWorkspaceSize(int32_t) const noexcept final { return 0; }
  int32_t enqueue(int32_t, void const* const*, void* const*, void*, cudaStream_t) noexcept final {
    return 1;
  }
};

}  // namespace nvinfer1
