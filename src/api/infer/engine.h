// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ICudaEngine over session::Engine.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "NvInfer.h"
#include "api/infer/gpu_memory.h"
#include "api/infer/plugin_libraries.h"
#include "api/voice.h"
#include "base/bytes.h"
#include "builder/refit.h"
#include "plugin/registry/registry.h"
#include "session/engine.h"

namespace tenon::api {

class Context;

/// What an engine, its contexts and its refitters share. All contexts run `core`; what else is
/// asked of an engine is asked of `first`, since names given to users live in it.
struct SharedEngine {
  std::shared_ptr<const session::Engine> first;
  std::shared_ptr<plugin::PluginRegistry> registry;
  nvinfer1::IGpuAllocator* allocator = nullptr;  ///< null: the system

  std::mutex mutex;                             ///< guards what follows
  std::shared_ptr<const session::Engine> core;  ///< the same program as first, with the weights now
  std::set<Context*> contexts;                  ///< alive
  std::unique_ptr<builder::RefitRecord> refit;  ///< made for the first refitter
};

class Engine final : public nvinfer1::ICudaEngine {
 public:
  Engine(std::shared_ptr<SharedEngine> shared, const Voice& voice);

  [[nodiscard]] const std::shared_ptr<SharedEngine>& shared() const noexcept { return shared_; }
  [[nodiscard]] Voice& voice() const noexcept { return voice_; }

  nvinfer1::Dims getTensorShape(char const* tensorName) const noexcept override;
  nvinfer1::DataType getTensorDataType(char const* tensorName) const noexcept override;
  int32_t getNbLayers() const noexcept override;
  nvinfer1::IHostMemory* serialize() const noexcept override;
  nvinfer1::IExecutionContext* createExecutionContext(
      nvinfer1::ExecutionContextAllocationStrategy strategy) noexcept override;
  nvinfer1::TensorLocation getTensorLocation(char const* tensorName) const noexcept override;
  bool isShapeInferenceIO(char const* tensorName) const noexcept override;
  nvinfer1::TensorIOMode getTensorIOMode(char const* tensorName) const noexcept override;
  /// The cache of an output that is a cache with an update in it, when nothing reads the cache
  /// after that. They may share memory, and the cache is then not copied.
  char const* getAliasedInputTensor(char const* tensorName) const noexcept override;
  nvinfer1::IExecutionContext* createExecutionContextWithoutDeviceMemory() noexcept override;
  nvinfer1::IExecutionContext* createExecutionContext(
      nvinfer1::IRuntimeConfig* runtimeConfig) noexcept override;
  nvinfer1::IRuntimeConfig* createRuntimeConfig() noexcept override;
  size_t getDeviceMemorySize() const noexcept override;
  size_t getDeviceMemorySizeForProfile(int32_t profileIndex) const noexcept override;
  int64_t getDeviceMemorySizeV2() const noexcept override;
  int64_t getDeviceMemorySizeForProfileV2(int32_t profileIndex) const noexcept override;
  bool isRefittable() const noexcept override { return !engine_->plan().refit().empty(); }
  int32_t getTensorBytesPerComponent(char const* tensorName) const noexcept override;
  int32_t getTensorBytesPerComponent(char const* tensorName, int32_t) const noexcept override;
  int32_t getTensorComponentsPerElement(char const* tensorName) const noexcept override;
  int32_t getTensorComponentsPerElement(char const* tensorName, int32_t) const noexcept override;
  nvinfer1::TensorFormat getTensorFormat(char const* tensorName) const noexcept override;
  nvinfer1::TensorFormat getTensorFormat(char const* tensorName, int32_t) const noexcept override;
  char const* getTensorFormatDesc(char const* tensorName) const noexcept override;
  char const* getTensorFormatDesc(char const* tensorName, int32_t) const noexcept override;
  int32_t getTensorVectorizedDim(char const* tensorName) const noexcept override;
  int32_t getTensorVectorizedDim(char const* tensorName, int32_t) const noexcept override;
  char const* getName() const noexcept override { return engine_->name().data(); }
  int32_t getNbOptimizationProfiles() const noexcept override;
  nvinfer1::Dims getProfileShape(char const* tensorName, int32_t profileIndex,
                                 nvinfer1::OptProfileSelector select) const noexcept override;
  int32_t const* getProfileTensorValues(
      char const* tensorName, int32_t profileIndex,
      nvinfer1::OptProfileSelector select) const noexcept override;
  nvinfer1::EngineCapability getEngineCapability() const noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  bool hasImplicitBatchDimension() const noexcept override { return false; }
  nvinfer1::TacticSources getTacticSources() const noexcept override { return 0; }
  nvinfer1::ProfilingVerbosity getProfilingVerbosity() const noexcept override;
  nvinfer1::IEngineInspector* createEngineInspector() const noexcept override;
  int32_t getNbIOTensors() const noexcept override;
  char const* getIOTensorName(int32_t index) const noexcept override;
  nvinfer1::HardwareCompatibilityLevel getHardwareCompatibilityLevel() const noexcept override;
  int32_t getNbAuxStreams() const noexcept override {
    return static_cast<int32_t>(core_now()->aux_stream_count());
  }
  nvinfer1::ISerializationConfig* createSerializationConfig() noexcept override;
  nvinfer1::IHostMemory* serializeWithConfig(
      nvinfer1::ISerializationConfig& config) const noexcept override;
  bool setWeightStreamingBudget(int64_t gpuMemoryBudget) noexcept override;
  int64_t getWeightStreamingBudget() const noexcept override { return 0; }
  int64_t getMinimumWeightStreamingBudget() const noexcept override { return 0; }
  int64_t getStreamableWeightsSize() const noexcept override { return 0; }
  bool setWeightStreamingBudgetV2(int64_t gpuMemoryBudget) noexcept override;
  int64_t getWeightStreamingBudgetV2() const noexcept override { return 0; }
  int64_t getWeightStreamingAutomaticBudget() const noexcept override { return 0; }
  int64_t getWeightStreamingScratchMemorySize() const noexcept override { return 0; }
  bool isDebugTensor(char const* name) const noexcept override;
  int64_t const* getProfileTensorValuesV2(
      char const* tensorName, int32_t profileIndex,
      nvinfer1::OptProfileSelector select) const noexcept override;
  int64_t getEngineStat(nvinfer1::EngineStat stat) const noexcept override;

 private:
  [[nodiscard]] const session::IoTensor* find(char const* name) const noexcept;
  nvinfer1::IExecutionContext* create_context(bool own_memory) noexcept;

  [[nodiscard]] std::shared_ptr<const session::Engine> core_now() const;

  std::shared_ptr<SharedEngine> shared_;
  std::shared_ptr<const session::Engine> engine_;  ///< shared_->first
  mutable Voice voice_;
  std::vector<std::string> format_texts_;  ///< one an io
  std::vector<std::vector<int32_t>>
      narrow_values_;  ///< profile values as int32, see the deprecated call
};

/// Number of an input or output; reports an unknown name by `voice`.
std::optional<size_t> find_io(const session::Engine& engine, char const* name,
                              Voice& voice) noexcept;

/// What a loaded engine stands on.
struct Surroundings {
  std::shared_ptr<plugin::PluginRegistry> registry;
  InnerLibraries inner;
  nvinfer1::IGpuAllocator* allocator = nullptr;  ///< outlives the engine; null: the system
};

/// A core with the same program as `shared.first`, loaded beside it from `bytes`.
Result<std::shared_ptr<const session::Engine>> load_beside(const SharedEngine& shared,
                                                           std::span<const std::byte> bytes,
                                                           Diagnostics& diag);

/// An engine from bytes, which are copied; null, reported by `voice`, when they are refused.
/// Plugins from another build of their library than the engine's are warned of.
nvinfer1::ICudaEngine* load_engine(std::span<const std::byte> bytes, const Surroundings& around,
                                   Voice& voice) noexcept;
/// The same for a safe engine, which the others refuse: tenon::load_safe_engine.
nvinfer1::ICudaEngine* load_safe_engine(std::span<const std::byte> bytes,
                                        const Surroundings& around, Voice& voice) noexcept;
/// As load_engine from a file, which is mapped as long as the engine lives, unless an allocator is
/// given: then it is copied into memory of that.
nvinfer1::ICudaEngine* load_engine_file(const char* path, const Surroundings& around,
                                        Voice& voice) noexcept;

}  // namespace tenon::api
