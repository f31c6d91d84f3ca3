// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a run does between steps, worked out once an engine: which sizes are read, which steps
// change, which content is written, and when.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "plan/view.h"

namespace tenon::session {

/// A symbol that is element or extent `axis` of an input.
struct InputSymbol {
  uint32_t symbol = 0, axis = 0;
};

/// What happens before step `before` (step_count: after the last), in this order.
struct Action {
  size_t before = 0;
  std::vector<uint32_t> sizes;     ///< symbols whose size tensor was just written
  std::vector<uint32_t> steps;     ///< steps whose shapes are known from here on
  std::vector<uint32_t> contents;  ///< tensors to be written, for the step to read
};

/// Slots are the inputs, then the outputs of all steps, one after the other.
struct Schedule {
  struct StepSlots {
    uint32_t first = 0, inputs = 0, outputs = 0;
  };
  std::vector<StepSlots> steps;
  std::vector<uint32_t> slots;                     ///< slot -> tensor or kNoTensor
  std::vector<std::vector<uint32_t>> io_slots;     ///< io -> slots that hold its address
  std::vector<uint32_t> io_of;                     ///< tensor -> io, or kNoTensor
  std::vector<std::vector<InputSymbol>> extents;   ///< input -> symbols that are its extents
  std::vector<std::vector<InputSymbol>> elements;  ///< input -> symbols that are its elements
  std::vector<uint32_t> size_symbols;              ///< data-dependent ones, rising
  std::vector<uint32_t> fixed_steps;               ///< shapes known before the run
  std::vector<uint32_t> plugin_steps;
  std::vector<uint32_t> fixed_plugin_steps;
  std::vector<Action> actions;  ///< `before` rising
};

/// Fails when content is needed before the sizes it is computed from are known.
Result<Schedule> make_schedule(const plan::View& plan, Diagnostics& diag);

/// Calls `use` with every symbol that the code mentions. For the words see expr/program.h.
template <class Use>
void for_each_symbol(std::span<const int64_t> code, Use&& use) {
  for (size_t i = 0; i < code.size(); ++i) {
    const int64_t kind = code[i] & 0xff;
    if (kind == 0) ++i;
    if (kind == 1) use(static_cast<uint32_t>(code[i] >> 8));
  }
}

}  // namespace tenon::session
