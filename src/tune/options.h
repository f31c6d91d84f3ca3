// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How much a build spends on tuning.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device/target.h"
#include "tune/timer.h"

namespace tenon::tune {

struct Options {
  device::Target target;
  int max_threads = 1;                    ///< of one step
  int level = 3;                          ///< 0: nothing is timed; 1 … 5: ever more samples
  int runs = 0;                           ///< samples at least; 0: as the level says
  bool cold_weights = true;               ///< the network is too large for a core's caches
  uint64_t workspace_limit = UINT64_MAX;  ///< bytes
  bool error_on_cache_miss = false;
  std::vector<std::string> left_out;  ///< families of kernels that are not considered
  std::vector<std::string> only;      ///< families that are considered alone; empty: all
  int max_tactics = -1;               ///< ways of a node that are considered; negative: all
  bool editable_cache = false;        ///< every node has times of its own, which users may replace
  bool guard = false;  ///< plugins are examined in guarded memory before they are timed
};

/// What the level means for one alternative.
Effort effort_of(const Options& options) noexcept;

}  // namespace tenon::tune
