// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quick plugins: what a function with types and tiles says about itself, mostly from Python.
#pragma once

#include "nvinfer1/expr.h"
#include "nvinfer1/plugin_base.h"
#include "nvinfer1/plugin_desc.h"
#include "nvinfer1/symbolic_launch.h"

namespace nvinfer1 {

/// Which form of a quick plugin is wanted: called while running (JIT), or compiled into the engine
/// (AOT).
enum class QuickPluginCreationRequest : int32_t {
  kUNKNOWN = 0,     ///< whichever there is
  kPREFER_JIT = 1,  ///< JIT where there are both
  kPREFER_AOT = 2,  ///< AOT where there are both
  kSTRICT_JIT = 3,
  kSTRICT_AOT = 4,
};

namespace v_1_0 {

/// Who the plugin is. The answers match its creator's.
class IPluginV3QuickCore : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3QUICK_CORE", 1, 0};
  }

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;
};

/// What the builder asks. Calls returning int32_t answer 0 on success unless they count something;
/// any other answer ends the build and is reported.
class IPluginV3QuickBuild : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3QUICK_BUILD", 1, 0};
  }

  /// Fills in the element types of the outputs.
  virtual int32_t getOutputDataTypes(DataType* outputTypes, int32_t nbOutputs,
                                     DataType const* inputTypes, int32_t const* inputRanks,
                                     int32_t nbInputs) const noexcept = 0;

  /// Fills in the extents of the outputs, as IPluginV3OneBuild::getOutputShapes does.
  virtual int32_t getOutputShapes(DimsExprs const* inputs, int32_t nbInputs,
                                  DimsExprs const* shapeInputs, int32_t nbShapeInputs,
                                  DimsExprs* outputs, int32_t nbOutputs,
                                  IExprBuilder& exprBuilder) noexcept = 0;

  /// Tells the formats of the candidate and the range of shapes of the profile.
  virtual int32_t configurePlugin(DynamicPluginTensorDesc const* in, int32_t nbInputs,
                                  DynamicPluginTensorDesc const* out,
                                  int32_t nbOutputs) noexcept = 0;

  /// Number of combinations of types and formats.
  virtual int32_t getNbSupportedFormatCombinations(DynamicPluginTensorDesc const* inOut,
                                                   int32_t nbInputs,
                                                   int32_t nbOutputs) noexcept = 0;

  /// Fills in all combinations, one after the other, each of nbInputs + nbOutputs descriptors.
  virtual int32_t getSupportedFormatCombinations(DynamicPluginTensorDesc const* inOut,
                                                 int32_t nbInputs, int32_t nbOutputs,
                                                 PluginTensorDesc* supportedCombinations,
                                                 int32_t nbFormatCombinations) noexcept = 0;

  /// Number of outputs, at least one.
  virtual int32_t getNbOutputs() const noexcept = 0;

  /// The input that output `outputIndex` is written over, or -1.
  virtual int32_t getAliasedInput(int32_t /*outputIndex*/) noexcept { return -1; }

  /// Fills in getNbTactics() distinct non-zero numbers, each timed for the current combination.
  virtual int32_t getValidTactics(int32_t* /*tactics*/, int32_t /*nbTactics*/) noexcept {
    return 0;
  }

  /// Number of tactics; with none, tactic 0 is set.
  virtual int32_t getNbTactics() noexcept { return 0; }

  /// Text that identifies the work for the timing cache; null keeps the plugin out of it.
  virtual char const* getTimingCacheID() noexcept { return nullptr; }

  /// Text shown with the layer by the engine inspector; null for none.
  virtual char const* getMetadataString() noexcept { return nullptr; }
};

/// Adds a kernel that the engine keeps, and how to launch it.
class IPluginV3QuickAOTBuild : public IPluginV3QuickBuild {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3QUICKAOT_BUILD", 1, 0};
  }

  /// Fills in the launch geometry and the scalar arguments, as expressions of the input extents.
  virtual int32_t getLaunchParams(DimsExprs const* inputs, DynamicPluginTensorDesc const* inOut,
                                  int32_t nbInputs, int32_t nbOutputs,
                                  IKernelLaunchParams* launchParams, ISymExprs* extraArgs,
                                  IExprBuilder& exprBuilder) noexcept = 0;

  /// The kernel's name and code, owned by the plugin. Its arguments are the addresses of the
  /// inputs, the scalars of getLaunchParams, and the addresses of the outputs.
  virtual int32_t getKernel(PluginTensorDesc const* in, int32_t nbInputs,
                            PluginTensorDesc const* out, int32_t nbOutputs, char const** kernelName,
                            char** compiledKernel, int32_t* compiledKernelSize) noexcept = 0;

  /// The tactic of the next getLaunchParams and getKernel; 0 when the plugin offered none.
  virtual int32_t setTactic(int32_t /*tactic*/) noexcept { return 0; }
};

/// What runs.
class IPluginV3QuickRuntime : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3QUICK_RUNTIME", 1, 0};
  }

  /// The tactic of the next enqueue; 0 when the plugin offered none.
  virtual int32_t setTactic(int32_t /*tactic*/) noexcept { return 0; }

  /// Puts the work on `stream`; strides are in elements. 0 on success.
  virtual int32_t enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                          void const* const* inputs, void* const* outputs, Dims const* inputStrides,
                          Dims const* outputStrides, int32_t nbInputs, int32_t nbOutputs,
                          cudaStream_t stream) noexcept = 0;

  /// What the engine file keeps; the library copies it at once.
  virtual PluginFieldCollection const* getFieldsToSerialize() noexcept = 0;
};

/// Makes quick plugins. Registered objects must live as long as the registration.
class IPluginCreatorV3Quick : public IPluginCreatorInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN CREATOR_V3QUICK", 1, 0};
  }

  /// Makes a plugin for a network or from an engine file. Here `name` is the plugin's, not the
  /// layer's. Null on failure.
  virtual IPluginV3* createPlugin(
      AsciiChar const* name, AsciiChar const* nspace, PluginFieldCollection const* fc,
      TensorRTPhase phase, QuickPluginCreationRequest quickPluginCreationRequest) noexcept = 0;

  /// The fields createPlugin understands when building; owned by the creator.
  virtual PluginFieldCollection const* getFieldNames() noexcept = 0;

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

  IPluginCreatorV3Quick() = default;
  virtual ~IPluginCreatorV3Quick() = default;

 protected:
  IPluginCreatorV3Quick(IPluginCreatorV3Quick const&) = default;
  IPluginCreatorV3Quick(IPluginCreatorV3Quick&&) = default;
  IPluginCreatorV3Quick& operator=(IPluginCreatorV3Quick const&) & = default;
  IPluginCreatorV3Quick& operator=(IPluginCreatorV3Quick&&) & = default;
};

}  // namespace v_1_0

using IPluginV3QuickCore = v_1_0::IPluginV3QuickCore;
using IPluginV3QuickBuild = v_1_0::IPluginV3QuickBuild;
using IPluginV3QuickAOTBuild = v_1_0::IPluginV3QuickAOTBuild;
using IPluginV3QuickRuntime = v_1_0::IPluginV3QuickRuntime;
using IPluginCreatorV3Quick = v_1_0::IPluginCreatorV3Quick;

}  // namespace nvinfer1
