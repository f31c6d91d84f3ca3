// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One run on a GPU of a kernel whose tensors lie in host memory.
#pragma once

#include <deque>

#include "buffer.h"
#include "device/gpu.h"
#include "kernel/instance.h"

namespace tenon::conformance {

/// Brings buffers to the GPU, guards included, runs, and brings them back. In a scope where the GPU
/// is current.
class GpuRun {
 public:
  explicit GpuRun(const device::Gpu& gpu) : gpu_(gpu) {}
  /// Memory that pointers of the run's arguments lie at the beginning of.
  void add(Buffer& buffer);
  /// Runs and waits. A failure of the device fails the running test.
  Status operator()(kernel::Instance& instance, const kernel::RunArgs& args, size_t inputs,
                    size_t outputs);

 private:
  struct Mapped {
    Buffer& host;
    device::GpuBuffer device;
  };
  [[nodiscard]] void* at(const void* host) const noexcept;

  const device::Gpu& gpu_;
  std::deque<Mapped> mapped_;
};

}  // namespace tenon::conformance
