// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IExecutionContext over session::Context.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "api/infer/engine.h"
#include "api/infer/observers.h"
#include "api/voice.h"
#include "session/context.h"

namespace tenon::api {

/// One thread at a time. Translates names to numbers; keeps the user's callbacks.
class Context final : public nvinfer1::IExecutionContext {
 public:
  /// Null, reported by the engine's voice, when a kernel or plugin refuses.
  static std::unique_ptr<Context> create(const Engine& engine, bool own_memory);
  ~Context() noexcept override;

  /// Goes on with another core of the same engine. No run is under way.
  bool adopt(const std::shared_ptr<const session::Engine>& core) noexcept;

  /// tenon::set_context_threads and set_context_cores.
  bool set_threads(int32_t most) noexcept;
  bool set_cores(std::span<const int32_t> cores) noexcept;

  void setDebugSync(bool sync) noexcept override { debug_sync_ = sync; }
  bool getDebugSync() const noexcept override { return debug_sync_; }
  void setProfiler(nvinfer1::IProfiler* profiler) noexcept override;
  nvinfer1::IProfiler* getProfiler() const noexcept override { return times_.profiler(); }
  nvinfer1::ICudaEngine const& getEngine() const noexcept override { return engine_; }
  void setName(char const* name) noexcept override { name_ = name == nullptr ? "" : name; }
  char const* getName() const noexcept override { return name_.c_str(); }
  void setDeviceMemory(void* memory) noexcept override;
  void setDeviceMemoryV2(void* memory, int64_t size) noexcept override;
  nvinfer1::Dims getTensorStrides(char const* tensorName) const noexcept override;
  int32_t getOptimizationProfile() const noexcept override;
  bool setInputShape(char const* tensorName, nvinfer1::Dims const& dims) noexcept override;
  nvinfer1::Dims getTensorShape(char const* tensorName) const noexcept override;
  bool allInputDimensionsSpecified() const noexcept override;
  bool allInputShapesSpecified() const noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  bool executeV2(void* const* bindings) noexcept override;
  bool setOptimizationProfileAsync(int32_t profileIndex, cudaStream_t stream) noexcept override;
  void setEnqueueEmitsProfile(bool enqueueEmitsProfile) noexcept override;
  bool getEnqueueEmitsProfile() const noexcept override { return times_.emits(); }
  bool reportToProfiler() const noexcept override;
  bool setTensorAddress(char const* tensorName, void* data) noexcept override;
  void const* getTensorAddress(char const* tensorName) const noexcept override;
  bool setOutputTensorAddress(char const* tensorName, void* data) noexcept override;
  bool setInputTensorAddress(char const* tensorName, void const* data) noexcept override;
  void* getOutputTensorAddress(char const* tensorName) const noexcept override;
  int32_t inferShapes(int32_t nbMaxNames, char const** tensorNames) noexcept override;
  size_t updateDeviceMemorySizeForShapes() noexcept override;
  bool setInputConsumedEvent(cudaEvent_t event) noexcept override;
  cudaEvent_t getInputConsumedEvent() const noexcept override { return consumed_; }
  bool setOutputAllocator(char const* tensorName,
                          nvinfer1::IOutputAllocator* outputAllocator) noexcept override;
  nvinfer1::IOutputAllocator* getOutputAllocator(char const* tensorName) const noexcept override;
  int64_t getMaxOutputSize(char const* tensorName) const noexcept override;
  bool setTemporaryStorageAllocator(nvinfer1::IGpuAllocator* allocator) noexcept override;
  nvinfer1::IGpuAllocator* getTemporaryStorageAllocator() const noexcept override {
    return temporary_ ? &temporary_->user() : nullptr;
  }
  bool enqueueV3(cudaStream_t stream) noexcept override;
  void setPersistentCacheLimit(size_t size) noexcept override { persistent_cache_ = size; }
  size_t getPersistentCacheLimit() const noexcept override { return persistent_cache_; }
  bool setNvtxVerbosity(nvinfer1::ProfilingVerbosity verbosity) noexcept override;
  nvinfer1::ProfilingVerbosity getNvtxVerbosity() const noexcept override { return nvtx_; }
  void setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept override;
  bool setDebugListener(nvinfer1::IDebugListener* listener) noexcept override;
  nvinfer1::IDebugListener* getDebugListener() noexcept override { return debug_.user(); }
  bool setTensorDebugState(char const* name, bool flag) noexcept override;
  bool getDebugState(char const* name) const noexcept override;
  nvinfer1::IRuntimeConfig* getRuntimeConfig() const noexcept override;
  bool setAllTensorsDebugState(bool flag) noexcept override;
  bool setUnfusedTensorsDebugState(bool flag) noexcept override;
  bool getUnfusedTensorsDebugState() const noexcept override { return shows_unfused_; }
  bool setCommunicator(void* communicator) noexcept override;

 private:
  Context(const Engine& engine, const Voice& voice);
  bool run(cudaStream_t stream, bool synchronous) noexcept;
  [[nodiscard]] std::optional<size_t> debug_of(char const* name) const noexcept;
  void show_all(bool unfused, bool shown) noexcept;

  [[nodiscard]] std::optional<size_t> io_of(char const* name) const noexcept {
    return find_io(*core_, name, voice_);
  }

  const Engine& engine_;  ///< for getEngine alone: users may free it before the context
  std::shared_ptr<SharedEngine> shared_;
  const session::Engine* core_;  ///< shared_->first
  mutable Voice voice_;
  PluginContext plugin_context_;
  LayerTimes times_;
  DebugBridge debug_;
  bool shows_unfused_ = false;
  device::Stream last_stream_;                          ///< of the last enqueue
  std::vector<std::unique_ptr<OutputBridge>> outputs_;  ///< one an io; null where none is set
  std::optional<GpuMemory> temporary_;  ///< outlives context_, which has a block of it
  std::unique_ptr<session::Context> context_;
  std::string name_;
  bool debug_sync_ = false;
  cudaEvent_t consumed_ = nullptr;
  bool own_memory_ = true;
  size_t persistent_cache_ = 0;
  nvinfer1::ProfilingVerbosity nvtx_;
};

}  // namespace tenon::api
