// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times kernels in this process.
#pragma once

#include <memory>

#include "device/target.h"
#include "kernel/loader.h"
#include "tune/timer.h"

namespace tenon::tune {

/// Loads every trial, runs all once to warm up, then takes samples in rounds. A round skips
/// alternatives that are clearly losing. Kernels that take less than the clock can see are sampled
/// in batches when weights are warm. `loaders` outlives the timer.
class LocalTimer final : public Timer {
 public:
  LocalTimer(const kernel::LoaderTable& loaders, const device::Target& target,
             const kernel::ContextResources& resources = {});
  ~LocalTimer() override;
  std::vector<Timing> time(std::span<const Trial> trials, const Effort& effort) override;

 private:
  class Sweeper;
  const kernel::LoaderTable* loaders_;
  kernel::ContextResources resources_;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace tenon::tune
