// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An NVIDIA GPU: what it is, its memory, its code.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/diagnostics.h"
#include "base/result.h"
#include "device/cuda.h"
#include "device/stream.h"
#include "device/target.h"

namespace tenon::device {

/// A GPU of this machine with its primary context, the one that the CUDA runtime uses. Made once a
/// process and kept; any thread.
class Gpu {
 public:
  /// How many there are; 0 where there is no driver.
  static int count() noexcept;
  /// GPU `ordinal`. Refuses, saying why: no driver, no such GPU, a GPU that does not start.
  static Result<const Gpu*> open(int ordinal, Diagnostics& diag);
  /// The GPU whose primary context is current in this thread: kernels are loaded, told their shapes
  /// and run in such a scope. Null when there is none.
  static const Gpu* current() noexcept;
  /// The GPU that the calling program works with: the thread's current one, else number 0.
  static Result<const Gpu*> open_default(Diagnostics& diag);

  [[nodiscard]] int ordinal() const noexcept { return ordinal_; }
  /// "cuda:0"
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const CudaDriver& driver() const noexcept { return *driver_; }
  [[nodiscard]] CuContext context() const noexcept { return context_; }
  /// What kernels are chosen for.
  [[nodiscard]] const Target& target() const noexcept { return target_; }
  /// A caller's stream, or null for the default stream.
  [[nodiscard]] Stream stream(void* handle) const noexcept;
  /// Whether kernels can use the address: memory of the driver's, or any where the GPU reaches all.
  [[nodiscard]] bool reaches(const void* address) const noexcept;
  /// Ok for 0, else Device with the driver's words.
  [[nodiscard]] Status to_status(int code) const noexcept;

 private:
  Gpu() = default;
  static Result<std::unique_ptr<Gpu>> start(int ordinal, Diagnostics& diag);
  void read_target();

  int ordinal_ = 0;
  std::string text_;
  const CudaDriver* driver_ = nullptr;
  CuDevice device_ = 0;
  CuContext context_ = nullptr;
  bool reaches_all_ = false;
  Target target_;
};

/// While it lives, the GPU is the thread's current one. Costs one call of the driver where it was
/// already.
class GpuScope {
 public:
  /// Null: does nothing.
  explicit GpuScope(const Gpu* gpu) noexcept;
  ~GpuScope();
  GpuScope(const GpuScope&) = delete;
  GpuScope& operator=(const GpuScope&) = delete;

 private:
  const Gpu* gpu_ = nullptr;  ///< whose context was pushed; null: none was
};

/// Owns memory of a GPU, at a multiple of 256 bytes. Freeing it waits for work that uses it.
/// Move-only; empty when made so, or when there was no memory.
class GpuBuffer {
 public:
  GpuBuffer() = default;
  /// Undefined content. `bytes` 0 gives an empty buffer.
  GpuBuffer(const Gpu& gpu, size_t bytes) noexcept;
  /// A copy of host memory, in the thread's current GPU; it is there on return.
  static Result<GpuBuffer> copy_of(std::span<const std::byte> bytes);
  GpuBuffer(GpuBuffer&& other) noexcept;
  GpuBuffer& operator=(GpuBuffer&& other) noexcept;
  ~GpuBuffer();

  /// An address on the GPU.
  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  const Gpu* gpu_ = nullptr;
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// Owns memory of the processor that a GPU copies fast. Move-only.
class PinnedBuffer {
 public:
  PinnedBuffer() = default;
  PinnedBuffer(PinnedBuffer&& other) noexcept;
  PinnedBuffer& operator=(PinnedBuffer&&) = delete;
  ~PinnedBuffer();

  /// Has room for `bytes` afterwards, content undefined; else the driver's code. In a scope where
  /// the GPU is current.
  int reserve(const Gpu& gpu, size_t bytes) noexcept;
  [[nodiscard]] void* data() const noexcept { return data_; }

 private:
  void free() noexcept;

  const Gpu* gpu_ = nullptr;
  void* data_ = nullptr;
  size_t size_ = 0;
};

/// Owns code loaded into the thread's current GPU. Move-only.
class GpuModule {
 public:
  GpuModule() = default;
  /// `image`: cubin or PTX; PTX is compiled by the driver. `what` names it in the refusal.
  static Result<GpuModule> load(std::span<const std::byte> image, std::string_view what,
                                Diagnostics& diag);
  GpuModule(GpuModule&& other) noexcept;
  GpuModule& operator=(GpuModule&& other) noexcept;
  ~GpuModule();

  /// Null when the code has no such kernel.
  [[nodiscard]] CuFunction find(const char* name) const noexcept;
  [[nodiscard]] const Gpu* gpu() const noexcept { return gpu_; }

 private:
  const Gpu* gpu_ = nullptr;
  CuModule module_ = nullptr;
};

}  // namespace tenon::device
