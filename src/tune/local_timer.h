// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times kernels in this process.
#pragma once

#include <memory>

#include "device/target.h"
#include "kernel/loader.h"
#include "tune/timer.h"

namespace tenon::tune {

/// Loads every trial, runs all once to warm up, then takes samples in rounds. Rounds leave out
/// alternatives that are clearly losing. Where weights are warm, kernels too fast for the clock are
/// sampled in batches. `loaders` and what `resources` points at outlive the timer.
class LocalTimer final : public Timer {
 public:
  LocalTimer(const kernel::LoaderTable& loaders, const device::Target& target,
             const kernel::ContextResources& resources = {});
  ~LocalTimer() override;
  std::vector<Timing> time(std::span<const Trial> trials, const Effort& effort) override;

 private:
  const kernel::LoaderTable* loaders_;
  kernel::ContextResources resources_;
  std::unique_ptr<class CacheSweeper> sweeper_;
};

}  // namespace tenon::tune
