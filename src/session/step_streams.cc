// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Hazards between steps, without those that the order of streams already rules out.
#include "session/step_streams.h"

#include <algorithm>

namespace tenon::session {

namespace {

using plan::Place;

/// Memory that a step uses.
struct Use {
  /// Arena, or the number of a tensor that lies elsewhere.
  uint32_t space = 0;
  uint64_t begin = 0, end = 0;
  bool written = false;
};
constexpr uint32_t kArena = UINT32_MAX;

std::vector<Use> uses_of(const plan::View& plan, size_t index) {
  std::vector<Use> uses;
  const plan::StepView step = plan.step(index);
  const auto add = [&](uint32_t id, bool written) {
    if (id == plan::kNoTensor) return;
    const plan::TensorView tensor = plan.tensor(id);
    if (tensor.place == Place::Arena) {
      uses.push_back({kArena, tensor.offset, tensor.offset + tensor.bytes, written});
    } else if (tensor.place == Place::Output) {
      uses.push_back({id, 0, 1, written});
    }
  };
  for (const uint32_t id : step.inputs) add(id, false);
  for (const uint32_t id : step.outputs) add(id, true);
  const uint64_t scratch = step.workspace_offset;
  if (step.workspace_bytes != 0) {
    uses.push_back({kArena, scratch, scratch + step.workspace_bytes, true});
  }
  return uses;
}

bool clash(const std::vector<Use>& a, const std::vector<Use>& b) {
  for (const Use& x : a) {
    for (const Use& y : b) {
      const bool meet = x.space == y.space && x.begin < y.end && y.begin < x.end;
      if (meet && (x.written || y.written)) return true;
    }
  }
  return false;
}

/// By stream: how many of its steps are done, for whoever has this clock.
using Clock = std::vector<size_t>;

void merge(Clock& into, const Clock& from) {
  for (size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], from[i]);
}

}  // namespace

StepStreams make_step_streams(const plan::View& plan) {
  StepStreams made;
  const size_t count = plan.step_count();
  for (size_t i = 0; i < count; ++i) {
    made.aux = std::max<size_t>(made.aux, plan.step(i).stream);
  }
  if (made.aux == 0) return made;
  made.waits.resize(count);
  made.awaited.resize(count);
  std::vector<std::vector<Use>> uses(count);
  std::vector<std::vector<uint32_t>> on(made.aux + 1);  // steps of a stream
  std::vector<Clock> now(made.aux + 1, Clock(made.aux + 1)), after(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t own = plan.step(i).stream;
    made.stream.push_back(static_cast<uint32_t>(own));
    uses[i] = uses_of(plan, i);
    for (size_t other = 0; other <= made.aux; ++other) {
      if (other == own) continue;
      // The last step there that must be done; those before it are done then.
      for (size_t at = on[other].size(); at > now[own][other]; --at) {
        const uint32_t before = on[other][at - 1];
        if (!clash(uses[before], uses[i])) continue;
        made.waits[i].push_back(before);
        made.awaited[before] = 1;
        merge(now[own], after[before]);
        break;
      }
    }
    on[own].push_back(static_cast<uint32_t>(i));
    now[own][own] = on[own].size();
    after[i] = now[own];
  }
  return made;
}

}  // namespace tenon::session
