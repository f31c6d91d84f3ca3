// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tuning a whole graph: alternatives, times, and the choice.
#pragma once

#include <vector>

#include "kernel/registry.h"
#include "tune/progress.h"
#include "tune/reformats.h"
#include "tune/work.h"

namespace tenon::tune {

/// A network input or output, whose layout is chosen among those the caller allows.
struct NetworkEnd {
  const ir::Value* value = nullptr;
  bool is_output = false;
  Dims opt, greatest;
  std::vector<kernel::Layout> allowed;  ///< at least one
  bool direct = false;                  ///< no reformat may stand between it and a node
  kernel::Layout chosen;                ///< set by select()
};

/// One build's tuning. All references outlive it.
class Tuner {
 public:
  Tuner(const kernel::Registry& registry, ReformatSource& source, Timer& timer, TimingCache& cache,
        const Options& options)
      : registry_(registry),
        timer_(timer),
        cache_(cache),
        options_(options),
        reformats_(source, timer, cache, options_) {}

  /// Lists and times the alternatives of every work. Fails when a node has none left, naming all
  /// reasons; with Cancelled when `progress` (may be null) says so.
  Status tune(Works& works, Progress* progress, std::string_view parent, Diagnostics& diag);

  /// Chooses an alternative of every work and a layout of every end: sets their `chosen`. May be
  /// called again after alternatives were refused.
  Status select(Works& works, std::vector<NetworkEnd>& ends, Diagnostics& diag);

  /// What the last choice takes by its times, reformats among it.
  [[nodiscard]] double chosen_ms() const noexcept { return chosen_ms_; }

  [[nodiscard]] Reformats& reformats() noexcept { return reformats_; }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  const kernel::Registry& registry_;
  Timer& timer_;
  TimingCache& cache_;
  Options options_;
  Reformats reformats_;
  double chosen_ms_ = 0;
};

}  // namespace tenon::tune
