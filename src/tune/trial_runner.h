// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One trial made ready to run: kernel loaded, memory filled.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/aligned_buffer.h"
#include "tune/red_zone.h"
#include "tune/trial_kernel.h"

namespace tenon::tune {

/// Memory that trials of one call share, so that all work on the same addresses.
class TrialMemory {
 public:
  /// A buffer of at least `bytes` for a position; grows while trials are prepared.
  void reserve(bool output, size_t position, DType dtype, size_t bytes);
  /// Allocates and fills everything reserved; false when memory ran out.
  [[nodiscard]] bool allocate();
  /// Only after allocate().
  [[nodiscard]] GuardedBuffer& buffer(bool output, size_t position, DType dtype) noexcept;
  /// An aligned copy of a constant's bytes, shared by trials that show the same bytes.
  std::span<std::byte> constant(std::span<const std::byte> values);

 private:
  struct Key {
    bool output;
    size_t position;
    DType dtype;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 inside for a pointer
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Slot {
    size_t bytes = 0;
    GuardedBuffer buffer;
  };
  std::map<Key, Slot> slots_;
  std::map<const std::byte*, AlignedBuffer> constants_;
};

/// A trial with its kernel. Lives no longer than trial, loaders and memory.
class TrialRunner final : public TrialKernel {
 public:
  explicit TrialRunner(const Trial& trial) : TrialKernel(trial) {}

  /// Loads the kernel and reserves memory. A failure is put in timing().
  void prepare(const kernel::LoaderTable& loaders, const kernel::ContextResources& resources,
               uint64_t workspace_limit, TrialMemory& memory);
  /// After memory was allocated: binds pointers and announces shapes.
  void bind(TrialMemory& memory);
  /// Has the guard examine a live kernel, and compare it with the one made from its record where a
  /// loader makes one. A failure is put in timing().
  void examine(const kernel::LoaderTable& loaders, const kernel::ContextResources& resources);
  /// Restores inputs that the kernel overwrites, and paints the zones of one that is watched.
  void refresh() noexcept;
  /// After a run: puts in timing() what a watched kernel wrote where it must not, and mends it.
  void inspect();
  /// One run. A failure is put in timing().
  bool run() noexcept;

  [[nodiscard]] int threads() const noexcept;
  /// Activations the kernel reads: what a network leaves in the caches.
  [[nodiscard]] const std::vector<std::span<const std::byte>>& activations() const noexcept {
    return activations_;
  }

 private:
  /// An input of a watched kernel, which must stay as it is.
  struct Input {
    size_t index;
    std::span<std::byte> bytes;
    uint64_t hash = 0;  ///< before the run
  };
  [[nodiscard]] kernel::RunArgs args() noexcept;
  void bind_inputs(TrialMemory& memory);
  void bind_outputs(TrialMemory& memory);
  void watch_input(size_t index, std::span<std::byte> bytes);
  /// Puts into `memory` what the input holds at first.
  void restore(size_t index, void* memory) const noexcept;

  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
  std::vector<std::span<const std::byte>> activations_;
  std::vector<size_t> overwritten_;  ///< inputs that outputs lie over
  GuardedBuffer workspace_;
  std::vector<RedZone> zones_;
  std::vector<Input> watched_inputs_;
  bool inspected_ = false;
  device::Stream stream_;  ///< a watched kernel's: it may put work there
};

}  // namespace tenon::tune
