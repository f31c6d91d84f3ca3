// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running an engine.
#pragma once

#include "nvinfer1/allocator.h"
#include "nvinfer1/engine.h"
#include "nvinfer1/observers.h"

namespace nvinfer1 {

/// The state of one execution: shapes, addresses, activations. Freed with delete, before its
/// engine. Used by one thread at a time. Setters answer false, with the reason reported, when they
/// refuse.
class IExecutionContext : public INoCopy {
 public:
  virtual ~IExecutionContext() noexcept = default;

  /// Waits and checks after each layer, to find the one that fails.
  virtual void setDebugSync(bool sync) noexcept = 0;
  virtual bool getDebugSync() const noexcept = 0;

  /// Receives layer times; null for none. Not owned.
  virtual void setProfiler(IProfiler* profiler) noexcept = 0;
  virtual IProfiler* getProfiler() const noexcept = 0;

  virtual ICudaEngine const& getEngine() const noexcept = 0;

  /// A name for messages; copied.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

  /// Memory for activations when the context has none of its own, aligned to 256 bytes, of the size
  /// the engine or updateDeviceMemorySizeForShapes tells; not in use by another context meanwhile.
  virtual void setDeviceMemory(void* memory) noexcept = 0;
  virtual void setDeviceMemoryV2(void* memory, int64_t size) noexcept = 0;

  /// Distance between neighbours along each dimension, in elements (vectors, where vectorized);
  /// nbDims -1 while shapes are missing.
  virtual Dims getTensorStrides(char const* tensorName) const noexcept = 0;

  /// The profile in use; -1 for none.
  virtual int32_t getOptimizationProfile() const noexcept = 0;

  /// Extents of an input, within the profile's range.
  virtual bool setInputShape(char const* tensorName, Dims const& dims) noexcept = 0;

  /// Extents as far as they are known, -1 where they depend on inputs not set or on data; nbDims -1
  /// for an unknown name.
  virtual Dims getTensorShape(char const* tensorName) const noexcept = 0;

  /// Whether all dynamic inputs have extents.
  virtual bool allInputDimensionsSpecified() const noexcept = 0;

  /// Whether all shape inputs have values.
  TRT_DEPRECATED virtual bool allInputShapesSpecified() const noexcept = 0;

  /// Where errors go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// Runs and waits. `bindings` holds one address an input or output, in getIOTensorName order.
  virtual bool executeV2(void* const* bindings) noexcept = 0;

  /// Uses another profile from the next enqueue on; shapes and addresses must be set anew. The
  /// change takes place in the order of `stream`.
  virtual bool setOptimizationProfileAsync(int32_t profileIndex, cudaStream_t stream) noexcept = 0;

  /// Whether each enqueue waits and reports layer times; otherwise reportToProfiler does. On by
  /// default.
  virtual void setEnqueueEmitsProfile(bool enqueueEmitsProfile) noexcept = 0;
  virtual bool getEnqueueEmitsProfile() const noexcept = 0;

  /// Reports the layer times of the last enqueue, waiting for it.
  virtual bool reportToProfiler() const noexcept = 0;

  /// Where an input is read or an output written: device memory, host memory for tensors whose
  /// location says so. Stays set until changed.
  virtual bool setTensorAddress(char const* tensorName, void* data) noexcept = 0;
  virtual void const* getTensorAddress(char const* tensorName) const noexcept = 0;

  /// As setTensorAddress, refusing inputs.
  virtual bool setOutputTensorAddress(char const* tensorName, void* data) noexcept = 0;

  /// As setTensorAddress, refusing outputs.
  virtual bool setInputTensorAddress(char const* tensorName, void const* data) noexcept = 0;

  /// Null for an input.
  virtual void* getOutputTensorAddress(char const* tensorName) const noexcept = 0;

  /// Computes all shapes that follow from what is set. 0 when nothing is missing; otherwise the
  /// number of inputs that are, the first `nbMaxNames` of them in `tensorNames`; -1 on an error.
  virtual int32_t inferShapes(int32_t nbMaxNames, char const** tensorNames) noexcept = 0;

  /// Bytes of activations the shapes now set need; 0 on an error.
  virtual size_t updateDeviceMemorySizeForShapes() noexcept = 0;

  /// Recorded in an enqueue's stream once its inputs may be overwritten; null for none.
  virtual bool setInputConsumedEvent(cudaEvent_t event) noexcept = 0;
  virtual cudaEvent_t getInputConsumedEvent() const noexcept = 0;

  /// Supplies the memory of an output; null returns to its address. Not owned.
  virtual bool setOutputAllocator(char const* tensorName,
                                  IOutputAllocator* outputAllocator) noexcept = 0;
  virtual IOutputAllocator* getOutputAllocator(char const* tensorName) const noexcept = 0;

  /// The most bytes an output can need with the shapes now set; -1 when there is no bound.
  virtual int64_t getMaxOutputSize(char const* tensorName) const noexcept = 0;

  /// Supplies memory needed only during an enqueue; null returns to the engine's allocator.
  virtual bool setTemporaryStorageAllocator(IGpuAllocator* allocator) noexcept = 0;
  virtual IGpuAllocator* getTemporaryStorageAllocator() const noexcept = 0;

  /// Puts one run on `stream`. Inputs, outputs and shapes must stay until it is done. False when it
  /// could not be put there, or a plugin failed.
  virtual bool enqueueV3(cudaStream_t stream) noexcept = 0;

  /// A wish for cache memory, in bytes; 0 on CPU engines.
  virtual void setPersistentCacheLimit(size_t size) noexcept = 0;
  virtual size_t getPersistentCacheLimit() const noexcept = 0;

  /// What ranges tell tracing tools, at most the engine's own verbosity.
  virtual bool setNvtxVerbosity(ProfilingVerbosity verbosity) noexcept = 0;
  virtual ProfilingVerbosity getNvtxVerbosity() const noexcept = 0;

  /// Streams to use beside the caller's, in place of own ones. `nbStreams` may be less than
  /// ICudaEngine::getNbAuxStreams(). Not owned.
  virtual void setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept = 0;

  /// Receives tensors marked for debugging; null for none. Not owned.
  virtual bool setDebugListener(IDebugListener* listener) noexcept = 0;
  virtual IDebugListener* getDebugListener() noexcept = 0;

  /// Switches one marked tensor on or off; all are off at first.
  virtual bool setTensorDebugState(char const* name, bool flag) noexcept = 0;
  virtual bool getDebugState(char const* name) const noexcept = 0;

  /// The configuration the context was made with; a copy, owned by the caller.
  virtual IRuntimeConfig* getRuntimeConfig() const noexcept = 0;

  /// Switches all marked tensors on or off.
  virtual bool setAllTensorsDebugState(bool flag) noexcept = 0;

  /// Switches on or off the tensors that survived fusion, where the network marked those.
  virtual bool setUnfusedTensorsDebugState(bool flag) noexcept = 0;
  virtual bool getUnfusedTensorsDebugState() const noexcept = 0;

  /// The communicator that layers over several ranks use (an ncclComm_t); not owned.
  virtual bool setCommunicator(void* communicator) noexcept = 0;
};

}  // namespace nvinfer1
