// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The stream a run is asked to go on.
#pragma once

#include "base/status.h"

namespace tenon::device {

struct HostCuda;

/// What a stream of a GPU is asked; codes are the driver's, 0 for success. See device/gpu.h.
struct GpuStreamCalls {
  bool (*is_capturing)(void* stream) noexcept;
  int (*synchronize)(void* stream) noexcept;
  int (*record)(void* event, void* stream) noexcept;
  const char* (*words)(int code) noexcept;
};

/// A caller's stream handle. On a CPU engine: null and the default handles of the CUDA runtime (1,
/// 2), or a stream of the CUDA runtime on the CPU; told apart by value and by that runtime's own
/// list, never dereferenced. On a GPU's engine: any stream of the driver, null being its default;
/// never Busy, since work put there is in order by itself. A value that may be copied.
class Stream {
 public:
  enum class State {
    Ready,      ///< work done now, on the caller's thread, is in order
    Busy,       ///< what was put there before is not done yet
    Capturing,  ///< calls are recorded into a graph
  };

  Stream() = default;
  /// Fails with Unsupported for a handle of no runtime that CPU engines know.
  static Status from_handle(void* handle, Stream& out) noexcept;
  /// A stream of a GPU, made by Gpu::stream.
  Stream(void* handle, const GpuStreamCalls& calls) noexcept : handle_(handle), gpu_(&calls) {}

  [[nodiscard]] bool is_gpu() const noexcept { return gpu_ != nullptr; }

  /// What the caller gave, to be handed on to plugins unchanged.
  [[nodiscard]] void* handle() const noexcept { return handle_; }
  [[nodiscard]] State state() const noexcept;

  /// Returns when all that was put there before is done, and all that it waits for by itself. Fails
  /// with Device when that work failed.
  [[nodiscard]] Status wait() const noexcept;

  /// Returns 0 or a number of its own. `stream` is the handle it runs on, which in the launch of a
  /// graph is another than the one that captured.
  using Task = int (*)(void* data, void* stream);
  /// Puts `task` behind all that was put there before; a capturing stream records it. `release` is
  /// called once with `data` when nothing can run it any more, also if this call fails. Only where
  /// state() was Busy or Capturing.
  [[nodiscard]] Status launch(Task task, void* data, void (*release)(void*)) const noexcept;

  /// Records an event of the same runtime behind all that was put there before.
  [[nodiscard]] Status record(void* event) const noexcept;

 private:
  friend class OurMemoryScope;
  Status to_status(int code) const noexcept;

  void* handle_ = nullptr;
  const HostCuda* runtime_ = nullptr;    ///< null: the process has none
  const GpuStreamCalls* gpu_ = nullptr;  ///< null: no stream of a GPU
};

/// While it lives, CUDA calls of this thread take memory that the runtime does not know for device
/// memory where they are told so: an engine's tensors are plain memory. Around calls of plugins.
class OurMemoryScope {
 public:
  explicit OurMemoryScope(const Stream& stream) noexcept;
  ~OurMemoryScope();
  OurMemoryScope(const OurMemoryScope&) = delete;
  OurMemoryScope& operator=(const OurMemoryScope&) = delete;

 private:
  const HostCuda* runtime_;
};

}  // namespace tenon::device
