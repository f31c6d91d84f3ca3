// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whose runs are guarded: what sentences about it name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernel/record.h"

namespace tenon::guard {

struct Subject {
  std::string node;
  std::string kernel;  ///< `plugin "Scale" version "1" namespace "x"`, or "kernel simd/relu@1"
  int32_t tactic = 0;
  bool building = false;                         ///< the phase: a build, else runs of an engine
  std::vector<std::string> inputs, outputs;      ///< names of the tensors; may be left out
  std::vector<uint8_t> open;                     ///< 1: an output whose extents the run finds out
  std::function<void(const std::string&)> warn;  ///< may be empty

  [[nodiscard]] bool is_open(size_t output) const noexcept {
    return output < open.size() && open[output] != 0;
  }
};

/// The subject of a step; `warn` and `building` are left to the caller.
Subject subject_of(const kernel::RecordView& record);

}  // namespace tenon::guard
