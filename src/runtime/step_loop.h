// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loop over prepared steps: everything that happens between a run's begin and its end.
#pragma once

#include <cstddef>
#include <span>

#include "device/stream.h"
#include "kernel/instance.h"

namespace tenon::runtime {

/// A step with all it needs bound: nothing is looked up or checked while it runs. Whoever prepares
/// it owns everything it points to and proves, before the run, that pointers and shapes agree with
/// what the kernel was prepared for. args.stream is set by the loop.
struct PreparedStep {
  kernel::Instance* instance = nullptr;
  kernel::RunArgs args{};
};

/// Runs prepared steps in order on the caller's thread. Never allocates, throws or waits; a value
/// that may be copied. The steps must outlive it; one thread at a time.
class StepLoop {
 public:
  StepLoop() = default;
  explicit StepLoop(std::span<const PreparedStep> steps) noexcept : steps_(steps) {}

  /// Runs steps [first, last), 0 <= first <= last <= size(). Stops at the first step that fails:
  /// its Status is returned and `failed` is its number; else `failed` stays as it was.
  Status run(device::Stream& stream, size_t first, size_t last, size_t& failed) const noexcept;

  [[nodiscard]] size_t size() const noexcept { return steps_.size(); }

 private:
  std::span<const PreparedStep> steps_;
};

}  // namespace tenon::runtime
