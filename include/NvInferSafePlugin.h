// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of safe engines, their creators and their registry.
#pragma once

#include "NvInferForwardDecl.h"
#include "NvInferPluginBase.h"
#include "NvInferSafeMemAllocator.h"
#include "NvInferSafeRecorder.h"

namespace nvinfer1 {
class DimsExprs;
class IExprBuilder;
}  // namespace nvinfer1

namespace nvinfer2 {
namespace safe {

struct TensorDescriptor;

/// What a graph offers to its plugins. Owned by the graph, and alive as long as it.
class ISafePluginResourceContext {
 public:
  /// The graph's allocator; only to be used in initResource and on destruction.
  virtual ISafeMemAllocator* getSafeMemAllocator() const noexcept = 0;

  /// The graph's recorder.
  virtual ISafeRecorder* getSafeRecorder() const noexcept = 0;

  /// Where faults of asynchronous work are to be marked, in memory the device can write.
  virtual RuntimeErrorInformation* getRuntimeErrorInformation() const noexcept = 0;

  virtual ~ISafePluginResourceContext() noexcept = default;

 protected:
  ISafePluginResourceContext() = default;
  ISafePluginResourceContext(ISafePluginResourceContext const&) = default;
  ISafePluginResourceContext(ISafePluginResourceContext&&) = default;
  ISafePluginResourceContext& operator=(ISafePluginResourceContext const&) & = default;
  ISafePluginResourceContext& operator=(ISafePluginResourceContext&&) & = default;
};

/// A table of at most 100 creators by name, version and namespace; one for the process.
/// Registering, finding and taking out is thread-safe, the rest is not. Creators are not owned.
class ISafePluginRegistry {
 public:
  /// Adds a creator. kINVALID_ARGUMENT when the namespace is null, has more than 1024 bytes with
  /// the NUL, or is not the creator's; kINVALID_CONFIG when the table is full or has such a
  /// creator.
  virtual ErrorCode registerCreator(IPluginCreatorInterface& creator,
                                    AsciiChar const* const pluginNamespace,
                                    ISafeRecorder& recorder) noexcept = 0;

  /// All creators; the array is valid until the next change.
  virtual ErrorCode getAllCreators(IPluginCreatorInterface* const*& creators,
                                   int32_t& numCreators) const noexcept = 0;

  /// The creator of this name, version and namespace. kINVALID_ARGUMENT for null or overlong texts,
  /// kINVALID_CONFIG when there is none.
  virtual ErrorCode getCreator(IPluginCreatorInterface*& creator, AsciiChar const* const pluginName,
                               AsciiChar const* const pluginVersion,
                               AsciiChar const* const pluginNamespace = "") noexcept = 0;

  /// Where errors go; it must stay alive until another one is set.
  virtual ErrorCode setSafeRecorder(ISafeRecorder& recorder) noexcept = 0;
  virtual ErrorCode getSafeRecorder(ISafeRecorder*& recorder) const noexcept = 0;

  /// Takes a creator out. kINVALID_CONFIG when it is not there.
  virtual ErrorCode deregisterCreator(IPluginCreatorInterface const& creator) noexcept = 0;

  ISafePluginRegistry() = default;
  ISafePluginRegistry(ISafePluginRegistry const&) = delete;
  ISafePluginRegistry(ISafePluginRegistry&&) = delete;
  ISafePluginRegistry& operator=(ISafePluginRegistry const&) & = delete;
  ISafePluginRegistry& operator=(ISafePluginRegistry&&) & = delete;

 protected:
  virtual ~ISafePluginRegistry() noexcept = default;
};

/// Who the plugin is. The answers match its creator's; at most 1024 bytes each, with the NUL.
class IPluginV3OneSafeCore : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_SAFE_CORE", 1, 0};
  }

  IPluginV3OneSafeCore(IPluginV3OneSafeCore const&) = default;
  IPluginV3OneSafeCore(IPluginV3OneSafeCore&&) = default;
  IPluginV3OneSafeCore& operator=(IPluginV3OneSafeCore const&) & = default;
  IPluginV3OneSafeCore& operator=(IPluginV3OneSafeCore&&) & = default;
  ~IPluginV3OneSafeCore() noexcept override = default;

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

 protected:
  IPluginV3OneSafeCore() = default;
};

/// What the builder asks when all shapes are known. Calls returning int32_t answer 0 on success
/// unless they count something; any other answer ends the build. Not movable, and for users not
/// copyable either: clone() makes a new object.
class IPluginV3OneSafeBuild : public IPluginCapability {
 public:
  static constexpr int32_t kDEFAULT_FORMAT_COMBINATION_LIMIT = 100;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_SAFE_BUILD", 1, 0};
  }

  IPluginV3OneSafeBuild() = default;
  IPluginV3OneSafeBuild(IPluginV3OneSafeBuild&&) = delete;
  IPluginV3OneSafeBuild& operator=(IPluginV3OneSafeBuild&&) & = delete;
  ~IPluginV3OneSafeBuild() noexcept override = default;

  /// Tells the combination that is tried, or was chosen.
  virtual int32_t configurePlugin(TensorDescriptor const* in, int32_t nbInputs,
                                  TensorDescriptor const* out, int32_t nbOutputs) noexcept = 0;

  /// Fills in the element types of the outputs.
  virtual int32_t getOutputDataTypes(DataType* outputTypes, int32_t nbOutputs,
                                     DataType const* inputTypes,
                                     int32_t nbInputs) const noexcept = 0;

  /// Fills in the extents of the outputs.
  virtual int32_t getOutputShapes(Dims const* inputs, int32_t nbInputs, Dims* outputs,
                                  int32_t nbOutputs) const noexcept = 0;

  /// Whether entry `pos` of the inputs followed by the outputs fits the entries before it. Entries
  /// after `pos` hold nothing.
  virtual bool supportsFormatCombination(int32_t pos, TensorDescriptor const* inOut,
                                         int32_t nbInputs, int32_t nbOutputs) noexcept = 0;

  /// Number of outputs, at least one.
  virtual int32_t getNbOutputs() const noexcept = 0;

  /// Bytes of scratch memory for one enqueue.
  virtual size_t getWorkspaceSize(TensorDescriptor const* /*inputs*/, int32_t /*nbInputs*/,
                                  TensorDescriptor const* /*outputs*/,
                                  int32_t /*nbOutputs*/) const noexcept {
    return 0U;
  }

  /// Fills in getNbTactics() distinct non-zero numbers, each timed for the current combination.
  virtual int32_t getValidTactics(int32_t* /*tactics*/, int32_t /*nbTactics*/) noexcept {
    return 0;
  }

  /// Number of tactics; with none, tactic 0 is set.
  virtual int32_t getNbTactics() noexcept { return 0; }

  /// Text that identifies the work for the timing cache; null keeps the plugin out of it.
  virtual char const* getTimingCacheID() noexcept { return nullptr; }

  /// At most this many supported combinations are timed; values below one mean one.
  virtual int32_t getFormatCombinationLimit() noexcept { return kDEFAULT_FORMAT_COMBINATION_LIMIT; }

  /// Text shown with the layer; null for none.
  virtual char const* getMetadataString() noexcept { return nullptr; }

 protected:
  IPluginV3OneSafeBuild(IPluginV3OneSafeBuild const&) = default;
  IPluginV3OneSafeBuild& operator=(IPluginV3OneSafeBuild const&) & = default;
};

/// What the builder asks when the engine holds several static shapes, one an IO profile.
class IPluginV3OneSafeBuildMSS : public IPluginV3OneSafeBuild {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_SAFE_BUILDMSS", 1, 0};
  }

  /// Not called; getSymbolicOutputShapes takes its place.
  int32_t getOutputShapes(Dims const* /*inputs*/, int32_t /*nbInputs*/, Dims* /*outputs*/,
                          int32_t /*nbOutputs*/) const noexcept override {
    return 0;
  }

  IPluginV3OneSafeBuildMSS(IPluginV3OneSafeBuildMSS const&) = default;
  IPluginV3OneSafeBuildMSS(IPluginV3OneSafeBuildMSS&&) = delete;
  IPluginV3OneSafeBuildMSS& operator=(IPluginV3OneSafeBuildMSS const&) & = default;
  IPluginV3OneSafeBuildMSS& operator=(IPluginV3OneSafeBuildMSS&&) & = delete;
  ~IPluginV3OneSafeBuildMSS() noexcept override = default;

  /// Fills in the extents of the outputs as expressions, made with `exprBuilder`.
  virtual int32_t getSymbolicOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                                          nvinfer1::DimsExprs* outputs, int32_t nbOutputs,
                                          nvinfer1::IExprBuilder& exprBuilder) const noexcept = 0;

 protected:
  IPluginV3OneSafeBuildMSS() = default;
};

/// What runs. Each graph has an object of its own, made by clone.
class IPluginV3OneSafeRuntime : public IPluginCapability {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN_V3ONE_SAFE_RUNTIME", 1, 0};
  }

  IPluginV3OneSafeRuntime(IPluginV3OneSafeRuntime const&) = default;
  IPluginV3OneSafeRuntime(IPluginV3OneSafeRuntime&&) = default;
  IPluginV3OneSafeRuntime& operator=(IPluginV3OneSafeRuntime const&) & = default;
  IPluginV3OneSafeRuntime& operator=(IPluginV3OneSafeRuntime&&) & = default;
  ~IPluginV3OneSafeRuntime() noexcept override = default;

  /// The tactic of the next enqueue; 0 when the plugin offered none.
  virtual int32_t setTactic(int32_t /*tactic*/) noexcept { return 0; }

  /// Puts the work on `stream`, without allocating. Anything but 0 ends the execution.
  virtual int32_t enqueue(TensorDescriptor const* inputDesc, TensorDescriptor const* outputDesc,
                          void const* const* inputs, void* const* outputs, void* workspace,
                          cudaStream_t stream) noexcept = 0;

  /// Called once on each object before it runs, at load and after each clone; the place to
  /// allocate.
  virtual int32_t initResource(ISafePluginResourceContext const* context) noexcept = 0;

  /// A new object with the same parameters, owned by the caller; initResource follows. The same
  /// function as IPluginV3::clone where a class has both.
  virtual IPluginV3* clone() noexcept = 0;

  /// What the engine file keeps; the library copies it at once. The creator's createPlugin receives
  /// the same names, types and lengths at load.
  virtual PluginFieldCollection const* getFieldsToSerialize() noexcept = 0;

 protected:
  IPluginV3OneSafeRuntime() = default;
};

/// Makes safe plugins. Registered objects must live as long as the registration.
class ISafePluginCreatorV3One : public IPluginCreatorInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"PLUGIN SAFE CREATOR_V3ONE", 1, 0};
  }

  /// Makes a plugin for a network or from an engine file. `name` is the layer's. Null on failure.
  virtual IPluginV3* createPlugin(AsciiChar const* name, PluginFieldCollection const* fc,
                                  TensorRTPhase phase) noexcept = 0;

  /// The fields createPlugin understands when building; owned by the creator.
  virtual PluginFieldCollection const* getFieldNames() noexcept = 0;

  virtual AsciiChar const* getPluginName() const noexcept = 0;
  virtual AsciiChar const* getPluginVersion() const noexcept = 0;
  virtual AsciiChar const* getPluginNamespace() const noexcept = 0;

  /// Where the creator reports errors.
  virtual ISafeRecorder* getSafeRecorder() const noexcept = 0;
  virtual void setSafeRecorder(ISafeRecorder& recorder) noexcept = 0;

  ISafePluginCreatorV3One() = default;
  ~ISafePluginCreatorV3One() noexcept override = default;

 protected:
  ISafePluginCreatorV3One(ISafePluginCreatorV3One const&) = default;
  ISafePluginCreatorV3One(ISafePluginCreatorV3One&&) = default;
  ISafePluginCreatorV3One& operator=(ISafePluginCreatorV3One const&) & = default;
  ISafePluginCreatorV3One& operator=(ISafePluginCreatorV3One&&) & = default;
};

/// The registry of the process, never null. Each call sets its recorder, which must stay alive
/// until another one is set.
extern "C" TENSORRTAPI nvinfer2::safe::ISafePluginRegistry* getSafePluginRegistry(
    nvinfer2::safe::ISafeRecorder& recorder) noexcept;

}  // namespace safe
}  // namespace nvinfer2
