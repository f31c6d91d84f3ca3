// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building engines.
#pragma once

#include "nvinfer1/allocator.h"
#include "nvinfer1/builder_config.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/logger.h"
#include "nvinfer1/network.h"
#include "nvinfer1/plugin_registry.h"
#include "nvinfer1/runtime.h"
#include "nvinfer1/streams.h"

namespace nvinfer1 {

/// Turns networks into engine files. Made by createInferBuilder, freed with delete, after what it
/// made. Used by one thread at a time; several builders work at once.
class IBuilder : public INoCopy {
 public:
  virtual ~IBuilder() noexcept = default;

  /// Whether the machine computes in kHALF, or kINT8, faster than in kFLOAT.
  TRT_DEPRECATED virtual bool platformHasFastFp16() const noexcept = 0;

  TRT_DEPRECATED virtual bool platformHasFastInt8() const noexcept = 0;

  /// 0: there are no such devices.
  virtual int32_t getMaxDLABatchSize() const noexcept = 0;

  virtual int32_t getNbDLACores() const noexcept = 0;

  /// Supplies device memory for measuring, and that of engines of buildEngineWithConfig; null
  /// restores the own allocator.
  virtual void setGpuAllocator(IGpuAllocator* allocator) noexcept = 0;

  /// A configuration, owned by the caller.
  virtual IBuilderConfig* createBuilderConfig() noexcept = 0;

  /// A network, owned by the caller. `flags` holds bits by NetworkDefinitionCreationFlag.
  virtual INetworkDefinition* createNetworkV2(NetworkDefinitionCreationFlags flags) noexcept = 0;

  /// A profile, owned by this object.
  virtual IOptimizationProfile* createOptimizationProfile() noexcept = 0;

  /// Where errors of this object and its networks go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// Back to the state after creation.
  virtual void reset() noexcept = 0;

  TRT_DEPRECATED virtual bool platformHasTf32() const noexcept = 0;

  /// An engine file, owned by the caller; null, with the reason reported, when the network cannot
  /// be built.
  virtual IHostMemory* buildSerializedNetwork(INetworkDefinition& network,
                                              IBuilderConfig& config) noexcept = 0;

  /// The same, written in pieces. False on failure.
  virtual bool buildSerializedNetworkToStream(INetworkDefinition& network, IBuilderConfig& config,
                                              IStreamWriter& writer) noexcept = 0;

  /// The same for EngineCapability::kSAFETY, with the text of the kernels in `kernelText`, owned by
  /// the caller.
  virtual IHostMemory* buildSerializedNetwork(INetworkDefinition& network, IBuilderConfig& config,
                                              IHostMemory*& kernelText) noexcept = 0;

  /// An engine loaded at once, owned by the caller; null on failure.
  virtual ICudaEngine* buildEngineWithConfig(INetworkDefinition& network,
                                             IBuilderConfig& config) noexcept = 0;

  /// Whether the network keeps the restrictions of the configuration.
  virtual bool isNetworkSupported(INetworkDefinition const& network,
                                  IBuilderConfig const& config) const noexcept = 0;

  /// The logger it was created with.
  virtual ILogger* getLogger() const noexcept = 0;

  /// The most threads a build may use, the caller's included. False when below one.
  virtual bool setMaxThreads(int32_t maxThreads) noexcept = 0;
  virtual int32_t getMaxThreads() const noexcept = 0;

  /// The registry of this object; the one of the process stands above it.
  virtual IPluginRegistry& getPluginRegistry() noexcept = 0;
};

}  // namespace nvinfer1

extern "C" TENSORRTAPI void* createInferBuilder_INTERNAL(void* logger, int32_t version) noexcept;

namespace nvinfer1 {
namespace {

/// A new builder, owned by the caller; null on failure. `logger` must outlive it.
inline IBuilder* createInferBuilder(ILogger& logger) noexcept {
  return static_cast<IBuilder*>(createInferBuilder_INTERNAL(&logger, NV_TENSORRT_VERSION));
}

}  // namespace

/// The registry builders of this capability search first; null for one that does not exist.
extern "C" TENSORRTAPI nvinfer1::IPluginRegistry* getBuilderPluginRegistry(
    nvinfer1::EngineCapability capability) noexcept;

/// Of no effect here: false. Elsewhere it names the folder of libraries that are loaded when
/// needed.
extern "C" TENSORRTAPI bool setInternalLibraryPath(AsciiChar const* path) noexcept;

namespace safe {
class IPluginRegistry;
}

/// Of the safe interface before the present one: null.
extern "C" TRT_DEPRECATED_API nvinfer1::safe::IPluginRegistry* getBuilderSafePluginRegistry(
    nvinfer1::EngineCapability capability) noexcept;

}  // namespace nvinfer1
