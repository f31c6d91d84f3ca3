// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines, contexts and the runtime.
#pragma once

#include "plugin.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  class ICudaEngine;
  class IPluginFactory;

  /// Runs an engine. One thread at a time. Bindings are addresses, one a binding of the engine, in
  /// the order of their indices; with an implicit batch each holds batchSize tensors, one after
  /// another.
  class IExecutionContext {
   public:
    /// Runs and waits. False, with a message, when a plugin fails or batchSize is out of range.
    virtual bool execute(int batchSize, void** bindings) noexcept = 0;
    /// Leaves the run on the stream. inputConsumed may be null; it is recorded behind the run.
    virtual bool enqueue(int batchSize, void** bindings, cudaStream_t stream,
                         cudaEvent_t* inputConsumed) noexcept = 0;
    virtual void setProfiler(IProfiler* profiler) noexcept = 0;
    virtual IProfiler* getProfiler() const noexcept = 0;
    virtual const ICudaEngine& getEngine() const noexcept = 0;
    virtual void destroy() noexcept = 0;
    virtual void setName(const char* name) noexcept = 0;
    virtual const char* getName() const noexcept = 0;
    virtual bool setBindingDimensions(int bindingIndex, Dims dimensions) noexcept = 0;
    virtual Dims getBindingDimensions(int bindingIndex) const noexcept = 0;
    virtual bool allInputDimensionsSpecified() const noexcept = 0;
    /// For engines without an implicit batch.
    virtual bool executeV2(void** bindings) noexcept = 0;
    virtual bool enqueueV2(void** bindings, cudaStream_t stream,
                           cudaEvent_t* inputConsumed) noexcept = 0;

   protected:
    virtual ~IExecutionContext() noexcept {}
  };

  /// A built engine. Extents of bindings are without the batch where it is implicit. It outlives
  /// its contexts.
  class ICudaEngine {
   public:
    virtual int getNbBindings() const noexcept = 0;
    /// -1 for a name that no binding has.
    virtual int getBindingIndex(const char* name) const noexcept = 0;
    virtual const char* getBindingName(int bindingIndex) const noexcept = 0;
    virtual bool bindingIsInput(int bindingIndex) const noexcept = 0;
    virtual Dims getBindingDimensions(int bindingIndex) const noexcept = 0;
    virtual DataType getBindingDataType(int bindingIndex) const noexcept = 0;
    virtual int getMaxBatchSize() const noexcept = 0;
    virtual int getNbLayers() const noexcept = 0;
    /// The caller's to destroy.
    virtual IHostMemory* serialize() const noexcept = 0;
    virtual IExecutionContext* createExecutionContext() noexcept = 0;
    virtual void destroy() noexcept = 0;
    virtual TensorLocation getLocation(int bindingIndex) const noexcept = 0;
    virtual size_t getDeviceMemorySize() const noexcept = 0;
    virtual bool isRefittable() const noexcept = 0;
    virtual TensorFormat getBindingFormat(int bindingIndex) const noexcept = 0;
    virtual const char* getName() const noexcept = 0;
    virtual bool hasImplicitBatchDimension() const noexcept = 0;

   protected:
    virtual ~ICudaEngine() {}
  };

  /// Makes engines of the bytes that ICudaEngine::serialize gave.
  class IRuntime {
   public:
    /// Null, with a message, for other bytes. pluginFactory must be null: creators are registered.
    virtual ICudaEngine* deserializeCudaEngine(
        const void* blob, std::size_t size, IPluginFactory* pluginFactory = nullptr) noexcept = 0;
    virtual void setDLACore(int dlaCore) noexcept = 0;
    virtual int getDLACore() const noexcept = 0;
    virtual int getNbDLACores() const noexcept = 0;
    virtual void destroy() noexcept = 0;

   protected:
    virtual ~IRuntime() {}
  };

  /// A new runtime, the caller's to destroy. The logger outlives it.
  TENON_COMPAT7_API IRuntime* createInferRuntime(ILogger & logger);

}  // namespace compat7
}  // namespace nvinfer1
