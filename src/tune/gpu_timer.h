// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times kernels on a GPU of this machine.
#pragma once

#include <memory>

#include "device/gpu.h"
#include "kernel/loader.h"
#include "tune/timer.h"

namespace tenon::tune {

/// Loads every trial, runs all once, then takes samples in rounds, as LocalTimer does. A sample is
/// what passes between two events around one run; work put before it keeps the GPU busy until the
/// run is queued, and leaves its L2 cache cold, or warm where weights are. The thread's current GPU
/// is the timer's. `loaders` and what `resources` points at outlive the timer.
class GpuTimer final : public Timer {
 public:
  GpuTimer(const kernel::LoaderTable& loaders, const device::Gpu& gpu,
           const kernel::ContextResources& resources = {});
  ~GpuTimer() override;
  GpuTimer(const GpuTimer&) = delete;
  GpuTimer& operator=(const GpuTimer&) = delete;
  std::vector<Timing> time(std::span<const Trial> trials, const Effort& effort) override;

 private:
  const kernel::LoaderTable* loaders_;
  const device::Gpu* gpu_;
  kernel::ContextResources resources_;
  std::unique_ptr<class GpuClock> clock_;  ///< made on first need
};

}  // namespace tenon::tune
