// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How much a build has timed, and how long that took.
#pragma once

#include "tune/timer.h"

namespace tenon::tune {

/// Passes all on to another timer, and counts.
class CountedTimer final : public Timer {
 public:
  /// `inner` outlives it.
  explicit CountedTimer(Timer& inner) : inner_(inner) {}

  std::vector<Timing> time(std::span<const Trial> trials, const Effort& effort) override;
  [[nodiscard]] bool wants_records() const noexcept override { return inner_.wants_records(); }
  [[nodiscard]] Status lost() const noexcept override { return inner_.lost(); }

  /// Kernels that were timed.
  [[nodiscard]] size_t trials() const noexcept { return trials_; }
  /// "tuning: 12 kernels timed in 3 requests, 0.25 s".
  [[nodiscard]] std::string summary() const;

 private:
  Timer& inner_;
  size_t requests_ = 0, trials_ = 0;
  double seconds_ = 0;
};

}  // namespace tenon::tune
