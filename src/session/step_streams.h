// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which steps of an engine run beside each other on a GPU, and which of them wait for which.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/view.h"

namespace tenon::session {

/// Stream 0 is the caller's. Steps of one stream run in their order; a step of another waits for
/// what it lists, and all that these had waited for is done then, too.
struct StepStreams {
  size_t aux = 0;                            ///< streams beside the caller's; 0: the rest is empty
  std::vector<uint32_t> stream;              ///< one a step
  std::vector<std::vector<uint32_t>> waits;  ///< one a step: steps before it, of other streams
  std::vector<uint8_t> awaited;              ///< one a step: another waits for it
};

/// Streams are the plan's. A step waits for whoever writes what it reads, and for whoever uses
/// memory that it writes: this is read off tensors and offsets, so that any plan is run as if its
/// steps ran one after the other.
StepStreams make_step_streams(const plan::View& plan);

}  // namespace tenon::session
