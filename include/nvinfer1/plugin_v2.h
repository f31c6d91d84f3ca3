// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 2 plugins with static shapes, and their creator.
#pragma once

#include "nvinfer1/allocator.h"
#include "nvinfer1/plugin_base.h"
#include "nvinfer1/plugin_desc.h"

namespace nvinfer1 {

/// Set in a plugin's version tag when it is written in Python.
static constexpr int32_t kPLUGIN_VERSION_PYTHON_BIT = 0x40;

/// The family of a version 2 plugin: the top byte of getTensorRTVersion().
enum class PluginVersion : uint8_t {
  kV2 TRT_DEPRECATED_ENUM = 0,
  kV2_EXT TRT_DEPRECATED_ENUM = 1,
  kV2_IOEXT TRT_DEPRECATED_ENUM = 2,
  kV2_DYNAMICEXT TRT_DEPRECATED_ENUM = 3,
  kV2_DYNAMICEXT_PYTHON TRT_DEPRECATED_ENUM = kPLUGIN_VERSION_PYTHON_BIT | 3
};

enum class PluginCreatorVersion : int32_t {
  kV1 TRT_DEPRECATED_ENUM = 0,
  kV1_PYTHON TRT_DEPRECATED_ENUM = kPLUGIN_VERSION_PYTHON_BIT
};

namespace impl {
/// A version 2 family tag over the interface version, as the library reads it.
constexpr int32_t pluginVersionTag(PluginVersion family) noexcept {
  return static_cast<int32_t>((static_cast<uint32_t>(family) << 24U) |
                              (static_cast<uint32_t>(NV_TENSORRT_VERSION) & 0xFFFFFFU));
}
}  // namespace impl

/// The root of version 2 plugins: one element type and format for all inputs and outputs.
///
/// Methods are called from several threads when several devices build, or several contexts run,
/// with the same object. Calls returning int32_t answer 0 on success.
class TRT_DEPRECATED IPluginV2 {
 public:
  /// Interface version and family; not to be overridden by users.
  virtual int32_t getTensorRTVersion() const noexcept { return NV_TENSORRT_VERSION; }

  /// Name and version: those of the creator. At most 1024 bytes with the NUL.
  virtual AsciiChar const* getPluginType() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;

  /// Number of outputs; asked before initialize.
  virtual int32_t getNbOutputs() const noexcept = 0;

  /// Extents of output `index` for the given inputs.
  virtual Dims getOutputDimensions(int32_t index, Dims const* inputs,
                                   int32_t nbInputDims) noexcept = 0;

  /// Whether all inputs and outputs may have this type and format.
  virtual bool supportsFormat(DataType type, PluginFormat format) const noexcept = 0;

  /// Tells the choice made from what supportsFormat allowed.
  virtual void configureWithFormat(Dims const* inputDims, int32_t nbInputs, Dims const* outputDims,
                                   int32_t nbOutputs, DataType type, PluginFormat format,
                                   int32_t maxBatchSize) noexcept = 0;

  /// Acquires what enqueue needs; paired with terminate. Called on the engine's object after
  /// configuration, not on clones: a clone of an initialised plugin must be ready to run.
  virtual int32_t initialize() noexcept = 0;

  /// Releases what initialize acquired.
  virtual void terminate() noexcept = 0;

  /// Bytes of scratch memory for one enqueue.
  virtual size_t getWorkspaceSize(int32_t maxBatchSize) const noexcept = 0;

  /// Puts the work on `stream`.
  virtual int32_t enqueue(int32_t batchSize, void const* const* inputs, void* const* outputs,
                          void* workspace, cudaStream_t stream) noexcept = 0;

  /// Number of bytes that serialize writes.
  virtual size_t getSerializationSize() const noexcept = 0;

  /// Writes exactly getSerializationSize() bytes; the creator gets them back at load.
  virtual void serialize(void* buffer) const noexcept = 0;

  /// The object frees itself.
  virtual void destroy() noexcept = 0;

  /// A deep copy with the same namespace and the same initialised state, owned by the caller.
  virtual IPluginV2* clone() const noexcept = 0;

  /// The namespace under which the creator is registered. The text is copied by the plugin.
  virtual void setPluginNamespace(AsciiChar const* pluginNamespace) noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

  IPluginV2() = default;
  virtual ~IPluginV2() noexcept = default;

 protected:
  IPluginV2(IPluginV2 const&) = default;
  IPluginV2(IPluginV2&&) = default;
  IPluginV2& operator=(IPluginV2 const&) & = default;
  IPluginV2& operator=(IPluginV2&&) & = default;
};

/// Adds output types of their own and a hook for each execution context.
class TRT_DEPRECATED IPluginV2Ext : public IPluginV2 {
 public:
  /// Element type of output `index`.
  virtual nvinfer1::DataType getOutputDataType(int32_t index, nvinfer1::DataType const* inputTypes,
                                               int32_t nbInputs) const noexcept = 0;

  /// Of the time of implicit batches: never called. Not pure, so that plugins of both generations
  /// of the interface compile.
  TRT_DEPRECATED virtual bool isOutputBroadcastAcrossBatch(int32_t /*outputIndex*/,
                                                           bool const* /*inputIsBroadcasted*/,
                                                           int32_t /*nbInputs*/) const noexcept {
    return false;
  }
  TRT_DEPRECATED virtual bool canBroadcastInputAcrossBatch(int32_t /*inputIndex*/) const noexcept {
    return false;
  }

  /// Tells shapes, types and the one format of all floating-point tensors.
  virtual void configurePlugin(Dims const* inputDims, int32_t nbInputs, Dims const* outputDims,
                               int32_t nbOutputs, DataType const* inputTypes,
                               DataType const* outputTypes, bool const* inputIsBroadcast,
                               bool const* outputIsBroadcast, PluginFormat floatFormat,
                               int32_t maxBatchSize) noexcept = 0;

  IPluginV2Ext() = default;
  ~IPluginV2Ext() override = default;

  /// Called for each execution context before its first enqueue. Both library handles are null.
  virtual void attachToContext(cudnnContext* /*cudnn*/, cublasContext* /*cublas*/,
                               IGpuAllocator* /*allocator*/) noexcept {}

  /// The context is going away.
  virtual void detachFromContext() noexcept {}

  IPluginV2Ext* clone() const noexcept override = 0;

 protected:
  IPluginV2Ext(IPluginV2Ext const&) = default;
  IPluginV2Ext(IPluginV2Ext&&) = default;
  IPluginV2Ext& operator=(IPluginV2Ext const&) & = default;
  IPluginV2Ext& operator=(IPluginV2Ext&&) & = default;

  int32_t getTensorRTVersion() const noexcept override {
    return impl::pluginVersionTag(PluginVersion::kV2_EXT);
  }

  /// Replaced by configurePlugin.
  void configureWithFormat(Dims const* /*inputDims*/, int32_t /*nbInputs*/,
                           Dims const* /*outputDims*/, int32_t /*nbOutputs*/, DataType /*type*/,
                           PluginFormat /*format*/, int32_t /*maxBatchSize*/) noexcept override {}
};

/// Adds a type and format for each input and output of its own.
class TRT_DEPRECATED IPluginV2IOExt : public IPluginV2Ext {
 public:
  /// Tells the combination that is used from now on.
  virtual void configurePlugin(PluginTensorDesc const* in, int32_t nbInput,
                               PluginTensorDesc const* out, int32_t nbOutput) noexcept = 0;

  /// Whether entry `pos` of the inputs followed by the outputs fits the entries before it. Entries
  /// after `pos` hold nothing.
  virtual bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* inOut,
                                         int32_t nbInputs, int32_t nbOutputs) const noexcept = 0;

  IPluginV2IOExt() = default;
  ~IPluginV2IOExt() override = default;

 protected:
  IPluginV2IOExt(IPluginV2IOExt const&) = default;
  IPluginV2IOExt(IPluginV2IOExt&&) = default;
  IPluginV2IOExt& operator=(IPluginV2IOExt const&) & = default;
  IPluginV2IOExt& operator=(IPluginV2IOExt&&) & = default;

  int32_t getTensorRTVersion() const noexcept override {
    return impl::pluginVersionTag(PluginVersion::kV2_IOEXT);
  }

 private:
  // Replaced by the methods above.
  void configurePlugin(Dims const*, int32_t, Dims const*, int32_t, DataType const*, DataType const*,
                       bool const*, bool const*, PluginFormat, int32_t) noexcept final {}
  bool supportsFormat(DataType, PluginFormat) const noexcept final { return false; }
};

namespace v_1_0 {

/// Makes version 2 plugins. Registered objects must live as long as the registration. All methods
/// must be thread-safe.
class TRT_DEPRECATED IPluginCreator : public IPluginCreatorInterface {
 public:
  /// Name and version: those of the plugins it makes.
  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;

  /// The fields createPlugin understands; owned by the creator.
  virtual PluginFieldCollection const* getFieldNames() noexcept = 0;

  /// Makes a plugin for a network. `name` is the layer's. Fields may be missing. Null on failure.
  virtual IPluginV2* createPlugin(AsciiChar const* name,
                                  PluginFieldCollection const* fc) noexcept = 0;

  /// Makes a plugin from the bytes its serialize wrote. Null on failure.
  virtual IPluginV2* deserializePlugin(AsciiChar const* name, void const* serialData,
                                       size_t serialLength) noexcept = 0;

  /// The namespace it is registered under, to be handed on to the plugins it makes.
  virtual void setPluginNamespace(AsciiChar const* pluginNamespace) noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

  IPluginCreator() = default;
  ~IPluginCreator() override = default;

 protected:
  IPluginCreator(IPluginCreator const&) = default;
  IPluginCreator(IPluginCreator&&) = default;
  IPluginCreator& operator=(IPluginCreator const&) & = default;
  IPluginCreator& operator=(IPluginCreator&&) & = default;

 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN CREATOR_V1", 1, 0};
  }
};

}  // namespace v_1_0

using IPluginCreator = v_1_0::IPluginCreator;

}  // namespace nvinfer1
