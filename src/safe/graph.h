// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ITRTGraph: a face on prepared profiles and the step loop.
#pragma once

#include "NvInferSafeRuntime.h"
#include "base/array.h"
#include "device/stream.h"
#include "safe/engine.h"
#include "safe/memory.h"
#include "safe/profile.h"
#include "safe/recorder.h"
#include "safe/task.h"

namespace tenon::safe {

/// What plugins of one graph are given.
class ResourceContext final : public nvinfer2::safe::ISafePluginResourceContext {
 public:
  ResourceContext(nvinfer2::safe::ISafeMemAllocator& allocator,
                  nvinfer2::safe::ISafeRecorder& recorder) noexcept
      : allocator_(allocator), recorder_(recorder) {}
  static void operator delete(void* /*memory*/) noexcept {}  // A member, never deleted.

  nvinfer2::safe::ISafeMemAllocator* getSafeMemAllocator() const noexcept override {
    return &allocator_;
  }
  nvinfer2::safe::ISafeRecorder* getSafeRecorder() const noexcept override { return &recorder_; }
  nvinfer2::safe::RuntimeErrorInformation* getRuntimeErrorInformation() const noexcept override {
    return &faults_;
  }

 private:
  nvinfer2::safe::ISafeMemAllocator& allocator_;
  nvinfer2::safe::ISafeRecorder& recorder_;
  mutable nvinfer2::safe::RuntimeErrorInformation faults_;
};

class Graph final : public nvinfer2::safe::ITRTGraph {
 public:
  using ErrorCode = nvinfer1::ErrorCode;
  using TensorDescriptor = nvinfer2::safe::TensorDescriptor;
  using TypedArray = nvinfer2::safe::TypedArray;

  /// Takes one user of `engine` over, on failure too. `original` is what the graph is a clone of,
  /// or null. In a MemoryScope of allocator and recorder, which outlive the graph.
  static Status create(Engine& engine, const Graph* original, bool managed,
                       nvinfer2::safe::ISafeMemAllocator& allocator,
                       nvinfer2::safe::ISafeRecorder& recorder, Diagnostics& diag,
                       Graph*& out) noexcept;
  ~Graph() noexcept override;
  static void* operator new(size_t bytes) noexcept { return allocate(bytes); }
  static void operator delete(void* memory) noexcept { release(memory); }

  ErrorCode clone(ITRTGraph*& graph, nvinfer2::safe::ISafeRecorder& recorder) noexcept override;
  ErrorCode getScratchMemorySize(size_t& size) const noexcept override;
  ErrorCode getTRTManagedScratch(bool& flag) const noexcept override;
  ErrorCode setScratchMemory(void* memory) noexcept override;
  ErrorCode getScratchMemory(void*& memory) noexcept override;
  ErrorCode getNbIOTensors(int64_t& nb) const noexcept override;
  ErrorCode getIOTensorName(const char*& name, size_t index) const noexcept override;
  ErrorCode getIOTensorDescriptor(TensorDescriptor& desc,
                                  const char* tensorName) const noexcept override;
  ErrorCode getIOTensorDescriptor(TensorDescriptor& desc, int32_t index) const noexcept override;
  ErrorCode setIOTensorAddress(const char* tensorName, const TypedArray& tensor) noexcept override;
  ErrorCode setIOTensorAddress(int32_t index, const TypedArray& tensor) noexcept override;
  ErrorCode getIOTensorAddress(const char* tensorName, TypedArray& tensor) noexcept override;
  ErrorCode getIOTensorAddress(int32_t index, TypedArray& tensor) noexcept override;
  ErrorCode setInputConsumedEvent(cudaEvent_t event) noexcept override;
  ErrorCode getInputConsumedEvent(cudaEvent_t& event) const noexcept override;
  ErrorCode getErrorBuffer(
      nvinfer2::safe::RuntimeErrorInformation*& buffer) const noexcept override;
  ErrorCode getSafeRecorder(nvinfer2::safe::ISafeRecorder*& recorder) const noexcept override;
  ErrorCode getNbIOProfiles(int64_t& nb) const noexcept override;
  ErrorCode setIOProfile(int64_t profileIndex) noexcept override;
  ErrorCode getIOProfile(int64_t& profileIndex) const noexcept override;
  ErrorCode getNbAuxStreams(int32_t& nbStreams) const noexcept override;
  ErrorCode setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept override;
  ErrorCode executeAsync(cudaStream_t stream) noexcept override;
  ErrorCode sync() noexcept override;

  [[nodiscard]] nvinfer2::safe::ISafeMemAllocator& allocator() const noexcept { return allocator_; }
  /// For Task: the run it was left for, on the stream it came to.
  Status run_task(const Task& task, void* stream) noexcept;

 private:
  Graph(Engine& engine, bool managed, nvinfer2::safe::ISafeMemAllocator& allocator,
        nvinfer2::safe::ISafeRecorder& recorder) noexcept
      : engine_(engine),
        managed_(managed),
        allocator_(allocator),
        recorder_(recorder),
        resources_(allocator, recorder) {}

  Status prepare(const Graph* original, Diagnostics& diag) noexcept;
  Status make_plugins(const Graph* original, Diagnostics& diag) noexcept;
  void bind_scratch(std::byte* memory) noexcept;
  [[nodiscard]] size_t io_count() const noexcept { return engine_.io_count(); }
  [[nodiscard]] const PreparedProfile& now() const noexcept { return *profiles_[profile_]; }

  // Each says why not, and gives the code that the caller answers.
  ErrorCode find(const char* name, size_t& io) const noexcept;
  ErrorCode check_index(int64_t index, size_t& io) const noexcept;
  ErrorCode bind(size_t io, const TypedArray& tensor) noexcept;
  Status check_ready(Diagnostics& diag) const noexcept;

  Status execute(cudaStream_t handle, Diagnostics& diag) noexcept;
  Status leave_on(const device::Stream& stream, bool captured, Diagnostics& diag) noexcept;
  Status run_here(std::span<void* const> addresses, size_t profile, device::Stream& stream,
                  Diagnostics& diag) noexcept;
  Status explain(size_t step, const Status& status, Diagnostics& diag) noexcept;

  Engine& engine_;
  const bool managed_;
  nvinfer2::safe::ISafeMemAllocator& allocator_;
  nvinfer2::safe::ISafeRecorder& recorder_;
  ResourceContext resources_;
  // As many as the engine's plugin steps and profiles; destroyed by hand, as Array holds plain
  // values.
  PluginObject* plugins_ = nullptr;
  Array<PreparedProfile*> profiles_;
  std::byte* scratch_ = nullptr;
  Array<void*> addresses_;  ///< by io
  Array<uint64_t> sizes_;   ///< by io, bytes at the address
  size_t profile_ = 0;
  cudaEvent_t consumed_ = nullptr;
  device::Stream last_;  ///< of the last executeAsync
  Anchor* anchor_ = nullptr;
  std::atomic<Code> outcome_{Code::Ok};  ///< of the last run, once it is done
};

}  // namespace tenon::safe
