// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 3 plugins: core, build and run-time faces, and their creator.
#pragma once

#include "nvinfer1/allocator.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/expr.h"
#include "nvinfer1/plugin_base.h"
#include "nvinfer1/plugin_desc.h"

namespace nvinfer1 {

/// What an execution context offers to the plugins attached to it. Owned by the context.
class IPluginResourceContext {
 public:
  /// The context's allocator; never null.
  virtual IGpuAllocator* getGpuAllocator() const noexcept = 0;

  /// The context's recorder, or null.
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  virtual ~IPluginResourceContext() noexcept = default;

 protected:
  IPluginResourceContext() = default;
  IPluginResourceContext(IPluginResourceContext const&) = default;
  IPluginResourceContext(IPluginResourceContext&&) = default;
  IPluginResourceContext& operator=(IPluginResourceContext const&) & = default;
  IPluginResourceContext& operator=(IPluginResourceContext&&) & = default;
};

namespace v_1_0 {

/// Who the plugin is. The answers match its creator's.
class IPluginV3OneCore : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_CORE", 1, 0};
  }

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;
};

/// What the builder asks. Calls returning int32_t answer 0 on success unless they count something;
/// any other answer ends the build and is reported.
class IPluginV3OneBuild : public IPluginCapability {
 public:
  static constexpr int32_t kDEFAULT_FORMAT_COMBINATION_LIMIT = 100;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_BUILD", 1, 0};
  }

  /// Tells the formats of the candidate and the range of shapes of the profile; extents in
  /// `desc.dims` may be -1. Called several times, never at run time.
  virtual int32_t configurePlugin(DynamicPluginTensorDesc const* in, int32_t nbInputs,
                                  DynamicPluginTensorDesc const* out,
                                  int32_t nbOutputs) noexcept = 0;

  /// Fills in the element types of the outputs.
  virtual int32_t getOutputDataTypes(DataType* outputTypes, int32_t nbOutputs,
                                     DataType const* inputTypes,
                                     int32_t nbInputs) const noexcept = 0;

  /// Fills in the extents of the outputs. `shapeInputs` holds one entry a shape input: its values
  /// as expressions, one for a scalar; null when there are none.
  virtual int32_t getOutputShapes(DimsExprs const* inputs, int32_t nbInputs,
                                  DimsExprs const* shapeInputs, int32_t nbShapeInputs,
                                  DimsExprs* outputs, int32_t nbOutputs,
                                  IExprBuilder& exprBuilder) noexcept = 0;

  /// Whether entry `pos` of the inputs followed by the outputs fits the entries before it. Entries
  /// after `pos` hold nothing.
  virtual bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut,
                                         int32_t nbInputs, int32_t nbOutputs) noexcept = 0;

  /// Number of outputs, at least one.
  virtual int32_t getNbOutputs() const noexcept = 0;

  /// Bytes of scratch memory that suffice for the given descriptors and anything smaller.
  virtual size_t getWorkspaceSize(DynamicPluginTensorDesc const* /*inputs*/, int32_t /*nbInputs*/,
                                  DynamicPluginTensorDesc const* /*outputs*/,
                                  int32_t /*nbOutputs*/) const noexcept {
    return 0;
  }

  /// Fills in getNbTactics() distinct non-zero numbers, each timed for the current combination.
  virtual int32_t getValidTactics(int32_t* /*tactics*/, int32_t /*nbTactics*/) noexcept {
    return 0;
  }

  /// Number of tactics; with none, the library sets tactic 0.
  virtual int32_t getNbTactics() noexcept { return 0; }

  /// Text that, with shapes, types and formats, identifies the work for the timing cache; null
  /// keeps the plugin out of it. Must depend on the state at creation only.
  virtual char const* getTimingCacheID() noexcept { return nullptr; }

  /// At most this many supported combinations are timed; values below one mean one.
  virtual int32_t getFormatCombinationLimit() noexcept { return kDEFAULT_FORMAT_COMBINATION_LIMIT; }

  /// Text shown with the layer by the engine inspector; null for none.
  virtual char const* getMetadataString() noexcept { return nullptr; }
};

/// What runs. Each execution context has an object of its own, made by attachToContext.
class IPluginV3OneRuntime : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_RUNTIME", 1, 0};
  }

  /// The tactic of the next enqueue; 0 when the plugin offered none.
  virtual int32_t setTactic(int32_t /*tactic*/) noexcept { return 0; }

  /// Tells the extents of the next enqueue, all known; called after a profile or any binding
  /// changed. The last place to acquire what depends on sizes.
  virtual int32_t onShapeChange(PluginTensorDesc const* in, int32_t nbInputs,
                                PluginTensorDesc const* out, int32_t nbOutputs) noexcept = 0;

  /// Puts the work on `stream`. Anything but 0 ends the execution of the context.
  virtual int32_t enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                          void const* const* inputs, void* const* outputs, void* workspace,
                          cudaStream_t stream) noexcept = 0;

  /// A new plugin for an execution context, owned by the caller; null on failure. `context` lives
  /// as long as the returned object.
  virtual IPluginV3* attachToContext(IPluginResourceContext* context) noexcept = 0;

  /// What the engine file keeps; the library copies it at once. The creator's createPlugin receives
  /// the same names, types and lengths at load.
  virtual PluginFieldCollection const* getFieldsToSerialize() noexcept = 0;
};

/// Makes version 3 plugins. Registered objects must live as long as the registration.
class IPluginCreatorV3One : public IPluginCreatorInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN CREATOR_V3ONE", 1, 0};
  }

  /// Makes a plugin for a network or from an engine file. `name` is the layer's. Fields may be
  /// missing. Null on failure.
  virtual IPluginV3* createPlugin(AsciiChar const* name, PluginFieldCollection const* fc,
                                  TensorRTPhase phase) noexcept = 0;

  /// The fields createPlugin understands when building; owned by the creator.
  virtual PluginFieldCollection const* getFieldNames() noexcept = 0;

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

  IPluginCreatorV3One() = default;
  virtual ~IPluginCreatorV3One() = default;

 protected:
  IPluginCreatorV3One(IPluginCreatorV3One const&) = default;
  IPluginCreatorV3One(IPluginCreatorV3One&&) = default;
  IPluginCreatorV3One& operator=(IPluginCreatorV3One const&) & = default;
  IPluginCreatorV3One& operator=(IPluginCreatorV3One&&) & = default;
};

}  // namespace v_1_0

namespace v_2_0 {

/// Adds outputs that share memory with an input.
class IPluginV3OneBuild : public v_1_0::IPluginV3OneBuild {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_BUILD", 2, 0};
  }

  /// The input that output `outputIndex` is written over, or -1. An input serves one output at
  /// most. Asked only under PreviewFeature::kALIASED_PLUGIN_IO_10_03.
  virtual int32_t getAliasedInput(int32_t /*outputIndex*/) noexcept { return -1; }
};

}  // namespace v_2_0

using IPluginV3OneCore = v_1_0::IPluginV3OneCore;
using IPluginV3OneBuild = v_1_0::IPluginV3OneBuild;
using IPluginV3OneBuildV2 = v_2_0::IPluginV3OneBuild;
using IPluginV3OneRuntime = v_1_0::IPluginV3OneRuntime;
using IPluginCreatorV3One = v_1_0::IPluginCreatorV3One;

}  // namespace nvinfer1
