// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Measuring how long kernels take: here, or on another machine.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "kernel/instance.h"
#include "kernel/record.h"

namespace tenon::tune {

/// What an input holds while a kernel is timed.
struct TrialInput {
  kernel::TensorDesc desc;            ///< at the profile's opt shape
  kernel::TensorDesc greatest;        ///< at the greatest shape
  bool present = true;                ///< false: absent or absorbed, the pointer is null
  std::span<const std::byte> values;  ///< the constant's elements as `desc` lays them; empty:
                                      ///< random ones (floats in [-1, 1], integers and bool 0)
  std::string name = {};              ///< of the tensor, for messages
};

/// One kernel to be timed. Views and pointers live until time() returns.
struct Trial {
  std::string name;                        ///< for messages, e.g. "simd/convolution_nhwc@1"
  const kernel::Record* record = nullptr;  ///< loaded through the timer's loaders …
  /// … unless this is given: a plugin's own object. Nobody vouches for what it does: it is watched,
  /// and fails when it writes into an input or outside its outputs and its workspace.
  kernel::Loaded* live = nullptr;
  std::vector<TrialInput> inputs;
  std::vector<kernel::TensorDesc> outputs, greatest_outputs;
  std::vector<std::string> output_names;  ///< for messages; may be left out
  std::vector<uint8_t> open_outputs;      ///< 1: its extents are known only after a run
  /// Pairs (output, input) that must share memory.
  std::vector<std::pair<int, int>> shared;
};

/// How much to spend on each of a set of alternatives that compete.
struct Effort {
  int runs = 3;              ///< at least so many samples of every one that is not clearly losing;
                             ///< 0 with no budget: each is run once to see whether it works
  double budget_ms = 2;      ///< then more, until so much time went into the alternative …
  int most_runs = 100;       ///< … or so many samples were taken
  bool cold_weights = true;  ///< caches are swept before each sample, inputs then read in again
  uint64_t workspace_limit = UINT64_MAX;  ///< bytes; a kernel that wants more fails
  bool guard = false;  ///< a live kernel is examined first (guard/guarded.h); its record is given
};

/// The outcome of one trial.
struct Timing {
  Status status;                      ///< why there is no number
  std::string reason;                 ///< the sentence that belongs to a failed status
  std::vector<std::string> warnings;  ///< what the guard has to say of a kernel that it passes
  double ms = 0;                      ///< robust minimum
  int runs = 0;                       ///< samples taken
  bool abandoned = false;             ///< clearly losing: stopped early, `ms` is an upper bound
  uint64_t workspace = 0;             ///< bytes at the greatest shapes
};

/// Times kernels. Not thread-safe: one build uses one timer.
class Timer {
 public:
  virtual ~Timer() = default;
  /// One Timing per trial, in order. Samples of the trials are interleaved, so that a disturbance
  /// of the machine hits all alike.
  virtual std::vector<Timing> time(std::span<const Trial> trials, const Effort& effort) = 0;
  /// True: every trial is given with its record, also one that is live here.
  [[nodiscard]] virtual bool wants_records() const noexcept { return false; }
  /// Not ok once times can no longer be taken, which has been said: the build must end.
  [[nodiscard]] virtual Status lost() const noexcept { return {}; }
};

}  // namespace tenon::tune
