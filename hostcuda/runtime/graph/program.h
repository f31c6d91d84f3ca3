// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A graph made ready: its operations in an order that its edges allow, run by one worker.
#pragma once

#include <memory>
#include <vector>

#include "hostcuda/runtime/graph/graph.h"
#include "hostcuda/runtime/stream/event.h"

namespace hostcuda {

struct Program {
  std::shared_ptr<const Graph> graph;  ///< lives on for the objects that it retains
  std::vector<Operation> steps;        ///< child graphs flattened, disabled nodes left out
  std::vector<std::shared_ptr<Event>> recorded;  ///< of its RecordEvent steps, in order
  std::vector<std::shared_ptr<Event>> awaited;   ///< of its WaitEvent steps
};

std::shared_ptr<const Program> make_program(const Graph& graph);

/// Runs all steps on this thread, as work of `stream`.
void run_program(const Launch& launch, Stream& stream, uint64_t order);

}  // namespace hostcuda
