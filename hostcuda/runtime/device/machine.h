// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The machine this process runs on, as a device sees itself.
#pragma once

namespace hostcuda {

/// Facts that do not change while the process lives; 0 where the system does not tell.
struct Machine {
  int cores = 1;       ///< the process may run on
  int clock_khz = 0;   ///< of the first core
  int last_cache = 0;  ///< bytes of the largest cache
};

/// Read once. Any thread.
const Machine& machine();

}  // namespace hostcuda
