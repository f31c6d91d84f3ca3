// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a context calls back while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/dims.h"
#include "base/dtype.h"
#include "device/stream.h"

namespace tenon::session {

/// Gives memory for an output whose size the caller does not know beforehand. Called on the thread
/// that runs.
class OutputAllocator {
 public:
  virtual ~OutputAllocator() = default;
  /// Memory of at least `bytes` (>= 1; for a data-dependent output the greatest it may become),
  /// 64-byte aligned; called in every run before the first step. `current` is what the last call
  /// gave, or the bound address. Null makes the run fail.
  virtual void* allocate(size_t io, void* current, uint64_t bytes,
                         const device::Stream& stream) noexcept = 0;
  /// The output's extents, once a run knows them. The elements are there when the run is done.
  virtual void notify(size_t io, const Dims& dims) noexcept = 0;
};

/// Told how long every step of a run took. Called on the thread that runs.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  /// `name` is followed by a zero byte and lives as long as the engine.
  virtual void on_step(size_t step, std::string_view name, float milliseconds) noexcept = 0;
};

/// Shown tensors inside a run. Called on the thread that runs, right after the tensor was computed.
class TensorListener {
 public:
  virtual ~TensorListener() = default;
  /// `data` is row-major, on a GPU in its memory, and valid during the call; `name` is followed by
  /// a zero byte. False makes the run fail.
  virtual bool on_tensor(std::string_view name, const void* data, DType dtype, const Dims& dims,
                         const device::Stream& stream) noexcept = 0;
};

}  // namespace tenon::session
