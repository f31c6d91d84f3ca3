// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flattening a graph, and running it.
#include "hostcuda/runtime/graph/program.h"

#include "hostcuda/runtime/stream/scheduler.h"

namespace hostcuda {
namespace {

void add_steps(const Graph& graph, Program& program) {
  for (const Node* node : in_order(graph)) {
    const Operation& operation = node->operation;
    if (!node->enabled || std::holds_alternative<Nothing>(operation)) {
      continue;
    }
    if (const auto* const child = std::get_if<ChildGraph>(&operation)) {
      add_steps(*child->graph, program);
      continue;
    }
    if (const auto* const record = std::get_if<RecordEvent>(&operation)) {
      program.recorded.push_back(record->event);
    } else if (const auto* const wait = std::get_if<WaitEvent>(&operation)) {
      program.awaited.push_back(wait->event);
      continue;
    }
    program.steps.push_back(operation);
  }
}

}  // namespace

std::shared_ptr<const Program> make_program(const Graph& graph) {
  auto program = std::make_shared<Program>();
  program->graph = graph.shared_from_this();
  add_steps(graph, *program);
  return program;
}

void run_program(const Launch& launch, Stream& stream, uint64_t order) {
  size_t recorded = 0;
  for (const Operation& step : launch.program->steps) {
    if (std::holds_alternative<RecordEvent>(step)) {
      launch.instants[recorded++]->nanoseconds = now();
    } else {
      carry_out(step, stream, order);
    }
  }
}

}  // namespace hostcuda
