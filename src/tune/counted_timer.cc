// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A stopwatch around a timer.
#include "tune/counted_timer.h"

#include <fmt/format.h>

#include <chrono>

namespace tenon::tune {

std::vector<Timing> CountedTimer::time(std::span<const Trial> trials, const Effort& effort) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Timing> timings = inner_.time(trials, effort);
  requests_ += trials.empty() ? 0 : 1;
  trials_ += trials.size();
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return timings;
}

std::string CountedTimer::summary() const {
  return fmt::format("tuning: {} kernels timed in {} requests, {:.2f} s", trials_, requests_,
                     seconds_);
}

}  // namespace tenon::tune
