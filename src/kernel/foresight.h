// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A candidate whose records take time to make, and that can begin before they are asked for.
#pragma once

#include "kernel/candidate.h"

namespace tenon::kernel {

/// Implemented beside Candidate by those that compile code. A build says of all its nodes what it
/// will ask for, and then asks.
class Foresight {
 public:
  virtual ~Foresight() = default;
  /// record() will be asked for this configuration, whatever the tactic: begins in the background.
  /// Does nothing more than that, and never fails.
  virtual void foresee(const Configuration& configuration) = 0;
};

/// Tells the candidate of a kernel for GPUs, if it is one that cares. (Others may be compiled
/// without run-time types.)
inline void foresee(Candidate& candidate, const Configuration& configuration) {
  if (auto* one = dynamic_cast<Foresight*>(&candidate)) one->foresee(configuration);
}

}  // namespace tenon::kernel
