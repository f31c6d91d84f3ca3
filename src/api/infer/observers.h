// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The user's callbacks, as the session calls them.
#pragma once

#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "NvInferRuntime.h"
#include "api/voice.h"
#include "plugin/adapt/resource_context.h"
#include "plugin/convert.h"
#include "session/hooks.h"

namespace tenon::api {

/// What plugins of a context get from it.
class PluginContext final : public nvinfer1::IPluginResourceContext {
 public:
  /// `allocator` is the engine's; null: host memory.
  PluginContext(const Voice& voice, nvinfer1::IGpuAllocator* allocator)
      : voice_(voice), allocator_(allocator != nullptr ? *allocator : plugin::host_allocator()) {}
  nvinfer1::IGpuAllocator* getGpuAllocator() const noexcept override { return &allocator_; }
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override { return voice_.recorder(); }

 private:
  const Voice& voice_;
  nvinfer1::IGpuAllocator& allocator_;
};

/// Layer times for a profiler: at once, or those of the last run kept until asked for. A run that
/// keeps allocates only while the list grows to the number of layers. Runs may be on another thread
/// than the one that asks: launches of a graph are on the stream's.
class LayerTimes final : public session::StepObserver {
 public:
  [[nodiscard]] nvinfer1::IProfiler* profiler() const noexcept { return profiler_; }
  void set_profiler(nvinfer1::IProfiler* profiler) noexcept { profiler_ = profiler; }
  [[nodiscard]] bool emits() const noexcept { return emits_; }
  void set_emits(bool emits) noexcept { emits_ = emits; }

  void on_step(size_t step, std::string_view name, float milliseconds) noexcept override {
    if (emits_) {
      profiler_->reportLayerTime(name.data(), milliseconds);
      return;
    }
    const std::lock_guard lock(mutex_);
    if (step <= last_step_) kept_.clear();  // another run began
    last_step_ = step;
    kept_.emplace_back(name.data(), milliseconds);
  }
  /// False when there is no profiler or nothing was kept.
  bool report() const noexcept {
    const std::lock_guard lock(mutex_);
    if (profiler_ == nullptr || kept_.empty()) return false;
    for (const auto& [name, milliseconds] : kept_) profiler_->reportLayerTime(name, milliseconds);
    return true;
  }

 private:
  nvinfer1::IProfiler* profiler_ = nullptr;
  bool emits_ = true;
  mutable std::mutex mutex_;  ///< guards what follows
  size_t last_step_ = 0;
  std::vector<std::pair<const char*, float>> kept_;
};

/// A user's listener to tensors.
class DebugBridge final : public session::TensorListener {
 public:
  [[nodiscard]] nvinfer1::IDebugListener* user() const noexcept { return user_; }
  void set_user(nvinfer1::IDebugListener* user) noexcept { user_ = user; }

  bool on_tensor(std::string_view name, const void* data, DType dtype, const Dims& dims,
                 const device::Stream& stream) noexcept override {
    try {
      return user_->processDebugTensor(
          data, nvinfer1::TensorLocation::kDEVICE,
          plugin::to_data_type(dtype).value_or(nvinfer1::DataType::kFLOAT),
          plugin::to_nv_dims(dims), name.data(), static_cast<cudaStream_t>(stream.handle()));
    } catch (...) {
      return false;
    }
  }

 private:
  nvinfer1::IDebugListener* user_ = nullptr;
};

/// An output's memory from the user.
class OutputBridge final : public session::OutputAllocator {
 public:
  OutputBridge(nvinfer1::IOutputAllocator& allocator, const char* name)
      : allocator_(allocator), name_(name) {}
  [[nodiscard]] nvinfer1::IOutputAllocator& user() const noexcept { return allocator_; }

  void* allocate(size_t, void* current, uint64_t bytes,
                 const device::Stream& stream) noexcept override {
    constexpr uint64_t kDeviceAlignment = 256;
    return allocator_.reallocateOutputAsync(name_, current, bytes, kDeviceAlignment,
                                            static_cast<cudaStream_t>(stream.handle()));
  }
  void notify(size_t, const Dims& dims) noexcept override {
    allocator_.notifyShape(name_, plugin::to_nv_dims(dims));
  }

 private:
  nvinfer1::IOutputAllocator& allocator_;
  const char* name_;
};

}  // namespace tenon::api
