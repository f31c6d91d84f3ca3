// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One trial made ready to run on a GPU.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "device/gpu.h"
#include "tune/trial_kernel.h"

namespace tenon::tune {

/// Memory of a GPU that trials of one call share.
class GpuTrialMemory {
 public:
  explicit GpuTrialMemory(const device::Gpu& gpu) : gpu_(gpu) {}

  /// A buffer of at least `bytes` for a position, with edges that nobody may write; grows while
  /// trials are prepared.
  void reserve(bool output, size_t position, DType dtype, size_t bytes);
  /// Allocates everything reserved, inputs with sample data; false when memory ran out.
  [[nodiscard]] bool allocate();
  /// Its first byte behind the edge; only after allocate().
  [[nodiscard]] std::byte* buffer(bool output, size_t position, DType dtype) noexcept;
  /// A copy of a constant's bytes, shared by trials that show the same ones. Null without memory.
  [[nodiscard]] std::byte* constant(std::span<const std::byte> values);

  /// Bytes before and behind every buffer.
  static constexpr size_t kEdge = 4096;

 private:
  struct Slot {
    size_t bytes = 0;
    device::GpuBuffer buffer;
  };
  const device::Gpu& gpu_;
  std::map<std::tuple<bool, size_t, DType>, Slot> slots_;
  std::map<const std::byte*, device::GpuBuffer> constants_;
};

/// A trial with its kernel. Lives no longer than trial, loaders and memory.
class GpuTrial final : public TrialKernel {
 public:
  GpuTrial(const Trial& trial, const device::Gpu& gpu, device::Stream stream)
      : TrialKernel(trial), gpu_(gpu), stream_(stream) {}

  /// Loads the kernel and reserves memory. A failure is put in timing().
  void prepare(const kernel::LoaderTable& loaders, const kernel::ContextResources& resources,
               uint64_t workspace_limit, GpuTrialMemory& memory);
  /// After memory was allocated: binds pointers, announces shapes, runs once, and sees that a live
  /// kernel wrote nowhere but into its outputs and its workspace.
  void bind(GpuTrialMemory& memory);
  /// Puts one run on the stream. A failure is put in timing().
  bool run() noexcept;

 private:
  /// Memory that a kernel may write, and what it is in words.
  struct Room {
    std::string what;
    std::byte* data = nullptr;
    size_t bytes = 0;
  };
  bool bind_inputs(GpuTrialMemory& memory);
  void bind_outputs(GpuTrialMemory& memory);
  void paint_edges() noexcept;
  void check_edges();
  [[nodiscard]] std::vector<Bytes> input_bytes() const;
  void check_inputs(const std::vector<Bytes>& before);

  const device::Gpu& gpu_;
  device::Stream stream_;
  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
  device::GpuBuffer workspace_;
  std::vector<Room> rooms_;
};

}  // namespace tenon::tune
