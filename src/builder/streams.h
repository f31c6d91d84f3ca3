// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Spreading the steps of an engine for a GPU over streams, and the order that is left between them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "plan/plan.h"

namespace tenon::builder {

using StepAliases = std::span<const std::vector<kernel::Alias>>;

/// The streams of a plan, and what they promise by estimate: microseconds a run on one stream, and
/// on all.
struct StreamChoice {
  uint32_t aux = 0;
  double alone_us = 0, beside_us = 0;
};

/// Numbers plan::Step::stream of all steps. At most `most` streams beside the caller's, and only
/// where they shorten the run by estimate; -1: up to three, where they gain a twentieth and some
/// microseconds, and kernels long enough to fill the GPU are taken to gain nothing beside others.
/// `ms`: times of the steps as measured, 0 where unknown. `aliases` has an entry a step.
/// Deterministic.
StreamChoice choose_streams(plan::Plan& plan, StepAliases aliases, std::span<const double> ms,
                            int most);

/// Which steps are done before which others begin, whatever streams do: by the order of their
/// stream, or because one needs what another wrote.
class StepOrder {
 public:
  StepOrder(const plan::Plan& plan, StepAliases aliases);
  [[nodiscard]] bool before(size_t a, size_t b) const noexcept {
    return a < b && (done_[b * words_ + a / 64] >> (a % 64) & 1) != 0;
  }

 private:
  size_t words_;
  std::vector<uint64_t> done_;  ///< bits, a row a step
};

}  // namespace tenon::builder
