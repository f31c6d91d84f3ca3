// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One node in tuning: what may compute it, what that takes, and why others may not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "kernel/candidate.h"
#include "tune/timing_cache.h"

namespace tenon::tune {

/// Where a time comes from.
enum class TimeOrigin : uint8_t { None, Measured, Cache };

/// One way to compute a node: a candidate with its configuration, tactic and threads.
struct Alternative {
  size_t candidate = 0;  ///< into Work::candidates
  kernel::Configuration configuration;
  int32_t tactic = 0;
  int threads = 1;
  std::vector<int> absorbed;
  std::vector<kernel::Alias> aliases;

  std::string refusal;  ///< why it may not be chosen; empty: it may
  double ms = 0;        ///< an upper bound where it was clearly losing
  TimeOrigin origin = TimeOrigin::None;
  uint64_t way = 0;  ///< its name in the timing cache; 0: it has none, or was not looked up
  bool chosen = false;

  [[nodiscard]] bool alive() const noexcept { return refusal.empty(); }
  [[nodiscard]] bool absorbs(size_t input) const noexcept;
};

/// A candidate, or a whole source of candidates, that said no.
struct Refusal {
  std::string who;  ///< kernel id; empty where the reason names itself
  std::string reason;
};

/// A node and its alternatives, in the order of the backends' lists. Stays where it is made:
/// candidates refer to `info`.
struct Work {
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  const ir::Node* node = nullptr;
  kernel::NodeInfo info;
  /// What inputs hold while timing, where it is known (constants, shape content at opt); else null.
  std::vector<ops::ConstantRef> samples;

  std::vector<std::unique_ptr<kernel::Candidate>> candidates;
  std::vector<Alternative> alternatives;
  std::vector<Refusal> refusals;
  /// Its times are kept under its name, all layouts together, so that an editor of the cache
  /// decides for this node alone; else equal works share times, layout by layout.
  bool own_times = false;

  [[nodiscard]] size_t alive() const noexcept;
  /// Number of the chosen alternative; only after a choice.
  [[nodiscard]] size_t chosen() const noexcept;
  /// Kernel id of an alternative, as text.
  [[nodiscard]] std::string kernel_of(const Alternative& alternative) const;
};

using Works = std::vector<std::unique_ptr<Work>>;

/// "simd/convolution_nhwc@1 [hwc, – -> hwc] tactic 0, 2 threads": for people.
std::string describe(const Work& work, const Alternative& alternative);

/// Says that nothing can compute the node, with every candidate and every reason.
Status fail_without_alternative(const Work& work, Diagnostics& diag);

/// Names the work for timing caches: operator, parameters, types, extents, layouts; with own times
/// the node's name in the place of layouts, which then belong to the way.
WorkKey work_key(const Work& work, const Alternative& alternative);

/// Names the way for timing caches; nullopt when its candidate wants no caching. The candidate must
/// be configured for the alternative.
std::optional<WorkTime> way_of(const Work& work, const Alternative& alternative);

}  // namespace tenon::tune
