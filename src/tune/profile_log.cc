// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Lines about timed works.
#include "tune/profile_log.h"

#include <algorithm>

namespace tenon::tune {

namespace {

/// Alternatives that have a time and a name in the cache.
std::vector<const Alternative*> timed_ways(const Work& work) {
  std::vector<const Alternative*> timed;
  for (const Alternative& one : work.alternatives) {
    if (one.alive() && one.way != 0 && one.origin != TimeOrigin::None) timed.push_back(&one);
  }
  return timed;
}

std::string to_text(const WorkKey& key) {
  std::string text = "0x";
  for (const uint8_t byte : key.data) text += fmt::format("{:02x}", byte);
  return text;
}

void log_profile(const Work& work, const std::vector<const Alternative*>& timed,
                 Diagnostics& diag) {
  diag.verbose("Autotuning op {}(key: {}):", work.info.name,
               to_text(work_key(work, *timed.front())));
  diag.verbose(
      "tactic_id, cost(in ms), cost/fastest_cost, prediction (none), kernel, tactic hash, way");
  const auto faster = [](const Alternative* a, const Alternative* b) { return a->ms < b->ms; };
  const double fastest = (*std::min_element(timed.begin(), timed.end(), faster))->ms;
  for (size_t i = 0; i < timed.size(); ++i) {
    const Alternative& one = *timed[i];
    diag.verbose("{}, {:.5f}, {:.2f}, 0.000, {}, 0x{:x}, {}", i, one.ms,
                 fastest > 0 ? one.ms / fastest : 1.0, work.kernel_of(one), one.way,
                 describe(work, one));
  }
  for (const Alternative* one : timed) {
    if (!one->chosen) continue;
    diag.verbose("The selected tactic is (tactic hash, cost(in ms)):0x{:x}, {:.5f}", one->way,
                 one->ms);
  }
}

}  // namespace

void log_profiles(const Works& works, Diagnostics& diag) {
  for (const auto& work : works) {
    const auto timed = timed_ways(*work);
    if (!timed.empty()) log_profile(*work, timed, diag);
  }
}

}  // namespace tenon::tune
