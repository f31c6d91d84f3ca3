// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Instances of graphs: made, launched, updated.
#include "hostcuda/runtime/graph/exec.h"

#include <algorithm>
#include <unordered_map>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/scheduler.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

bool has_cycle(const Graph& graph) {
  return in_order(graph).size() < graph.nodes.size() ||
         std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const auto& node) {
           const auto* const child = std::get_if<ChildGraph>(&node->operation);
           return child != nullptr && has_cycle(*child->graph);
         });
}

/// For graphs that free at the next launch what a launch has left allocated.
std::shared_ptr<const Program> with_release(const std::shared_ptr<const Program>& plain) {
  auto program = std::make_shared<Program>(*plain);
  std::vector<Operation> releases;
  for (const Operation& step : plain->steps) {
    const auto* const allocate = std::get_if<Allocate>(&step);
    const bool freed =
        allocate != nullptr &&
        std::any_of(plain->steps.begin(), plain->steps.end(), [&](const Operation& other) {
          const auto* const release = std::get_if<Release>(&other);
          return release != nullptr && release->pointer == allocate->params.dptr;
        });
    if (allocate != nullptr && !freed) {
      releases.emplace_back(Closure{[pointer = allocate->params.dptr] {
        run_release(Release{pointer});  // refuses what is free already, which is as well
        return cudaSuccess;
      }});
    }
  }
  program->steps.insert(program->steps.begin(), releases.begin(), releases.end());
  return program;
}

const std::shared_ptr<const Program>& ready(Exec& exec) {
  if (exec.program == nullptr) {
    exec.program = make_program(*exec.shape);
    if ((exec.flags & cudaGraphInstantiateFlagAutoFreeOnLaunch) != 0) {
      exec.program = with_release(exec.program);
    }
  }
  return exec.program;
}

/// The stream runs nothing more before the place is reached.
void wait_in_queue(const std::shared_ptr<Stream>& stream, const Ticket& ticket) {
  if (ticket.reached() || ticket.stream == stream) {
    return;
  }
  auto job = std::make_unique<Job>();
  job->after = ticket;
  enqueue(stream, std::move(job));
}

cudaError_t launch_in_place(Launch run, const std::vector<std::shared_ptr<Event>>& recorded) {
  Stream& stream = *current().stream;
  for (size_t i = 0; i < recorded.size(); ++i) {
    run.instants.push_back(renew(*recorded[i], {}));
  }
  carry_out(run, stream, current().order);
  return device_error();
}

void launch_queued(Exec& exec, const std::shared_ptr<Stream>& stream, Launch run) {
  wait_in_queue(stream, exec.last);
  for (const auto& event : run.program->awaited) {
    if (const auto instant = event->instant(); instant != nullptr) {
      wait_in_queue(stream, instant->ticket);
    }
  }
  const auto& recorded = run.program->recorded;
  run.instants.resize(recorded.size());
  for (auto& instant : run.instants) {
    instant = std::make_shared<Instant>();
  }
  const std::vector<std::shared_ptr<Instant>> instants = run.instants;
  const std::shared_ptr<const Program> program = run.program;
  auto job = std::make_unique<Job>();
  job->operation = std::move(run);
  exec.last = enqueue(stream, std::move(job));
  for (size_t i = 0; i < instants.size(); ++i) {
    instants[i]->ticket = exec.last;
    set_last(*program->recorded[i], instants[i]);
  }
}

/// What keeps `to` from having the same dependencies, by place in the order, as `from`.
const Edge* different_edge(const Node& to, const Node& from,
                           const std::unordered_map<const Node*, const Node*>& pairs) {
  for (const Edge& edge : from.dependencies) {
    const bool there =
        std::any_of(to.dependencies.begin(), to.dependencies.end(), [&](const Edge& own) {
          const auto pair = pairs.find(own.from);
          return pair != pairs.end() && pair->second == edge.from &&
                 own.data.type == edge.data.type;
        });
    if (!there) {
      return &edge;
    }
  }
  return nullptr;
}

cudaError_t differs(cudaGraphExecUpdateResultInfo& info, cudaGraphExecUpdateResult result,
                    const Node* node, const Node* from) {
  info = {result, node == nullptr ? nullptr : node->handle,
          from == nullptr ? nullptr : from->handle};
  return cudaErrorGraphExecUpdateFailure;
}

cudaError_t compare(const Graph& shape, const Graph& graph, cudaGraphExecUpdateResultInfo& info) {
  const std::vector<Node*> own = in_order(shape);
  const std::vector<Node*> given = in_order(graph);
  if (own.size() != given.size() || given.size() != graph.nodes.size()) {
    return differs(info, cudaGraphExecUpdateErrorTopologyChanged, nullptr, nullptr);
  }
  std::unordered_map<const Node*, const Node*> pairs;
  for (size_t i = 0; i < own.size(); ++i) {
    const Node& from = *given[i];
    if (type_of(own[i]->operation) != type_of(from.operation)) {
      return differs(info, cudaGraphExecUpdateErrorNodeTypeChanged, &from, nullptr);
    }
    if (own[i]->dependencies.size() != from.dependencies.size()) {
      return differs(info, cudaGraphExecUpdateErrorTopologyChanged, &from, nullptr);
    }
    if (const Edge* const edge = different_edge(*own[i], from, pairs); edge != nullptr) {
      return differs(info, cudaGraphExecUpdateErrorTopologyChanged, &from, edge->from);
    }
    if (std::holds_alternative<Allocate>(from.operation) ||
        std::holds_alternative<Release>(from.operation)) {
      return differs(info, cudaGraphExecUpdateErrorNotSupported, &from, nullptr);
    }
    if (const auto* const child = std::get_if<ChildGraph>(&own[i]->operation)) {
      const auto& other = std::get<ChildGraph>(from.operation);
      if (const cudaError_t error = compare(*child->graph, *other.graph, info);
          error != cudaSuccess) {
        return error;
      }
    }
    pairs.emplace(own[i], &from);
  }
  return cudaSuccess;
}

void take_over(Graph& shape, const Graph& graph) {
  const std::vector<Node*> own = in_order(shape);
  const std::vector<Node*> given = in_order(graph);
  for (size_t i = 0; i < own.size(); ++i) {
    if (auto* const child = std::get_if<ChildGraph>(&own[i]->operation)) {
      take_over(*child->graph, *std::get<ChildGraph>(given[i]->operation).graph);
    } else {
      own[i]->operation = given[i]->operation;
      own[i]->attributes = given[i]->attributes;
    }
  }
}

}  // namespace

Registry<Exec>& execs() {
  static Registry<Exec>& registry = *new Registry<Exec>;
  return registry;
}

cudaError_t instantiate(const std::shared_ptr<Graph>& graph, unsigned long long flags,
                        std::shared_ptr<Exec>& exec, cudaGraphInstantiateResult* result) {
  constexpr unsigned long long kKnown = cudaGraphInstantiateFlagAutoFreeOnLaunch |
                                        cudaGraphInstantiateFlagUpload |
                                        cudaGraphInstantiateFlagUseNodePriority;
  cudaGraphInstantiateResult said = cudaGraphInstantiateError;
  cudaError_t error = cudaErrorInvalidValue;
  const bool memory = holds_memory(*graph);
  if ((flags & cudaGraphInstantiateFlagDeviceLaunch) != 0) {
    error = not_supported("cudaGraphInstantiate(cudaGraphInstantiateFlagDeviceLaunch)");
  } else if (has_cycle(*graph)) {
    said = cudaGraphInstantiateInvalidStructure;
  } else if ((flags & ~kKnown) == 0 && !(memory && !graph->memory_instance.expired())) {
    said = cudaGraphInstantiateSuccess;
    error = cudaSuccess;
    exec = std::make_shared<Exec>();
    exec->flags = flags;
    exec->shape = clone(*graph, false);
    exec->handle = static_cast<cudaGraphExec_t>(execs().add(exec));
    if (memory) {
      graph->memory_instance = exec->shape;
    }
  }
  if (result != nullptr) {
    *result = said;
  }
  return error;
}

cudaError_t launch(Exec& exec, cudaStream_t handle) {
  const std::shared_ptr<Stream> stream = find_stream(handle);
  if (stream == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (stream->captures) {
    if (holds_memory(*exec.shape)) {
      return refuse_capturing(*stream);
    }
    ChildGraph child{clone(*exec.shape, true)};
    child.graph->in_node = true;
    return capture_operation(*stream, std::move(child));
  }
  if (const cudaError_t refused = check_legacy(*stream); refused != cudaSuccess) {
    return refused;
  }
  Launch run{ready(exec), {}};
  if (in_place(*stream)) {
    return launch_in_place(std::move(run), exec.program->recorded);
  }
  launch_queued(exec, stream, std::move(run));
  return cudaSuccess;
}

Node* find_copy(const Graph& shape, cudaGraphNode_t original) {
  for (const auto& node : shape.nodes) {
    if (node->origin == original) {
      return node.get();
    }
    if (const auto* const child = std::get_if<ChildGraph>(&node->operation)) {
      if (Node* const inside = find_copy(*child->graph, original); inside != nullptr) {
        return inside;
      }
    }
  }
  return nullptr;
}

cudaError_t update(Graph& shape, const Graph& graph, cudaGraphExecUpdateResultInfo& info) {
  info = {cudaGraphExecUpdateSuccess, nullptr, nullptr};
  const cudaError_t error = compare(shape, graph, info);
  if (error == cudaSuccess) {
    take_over(shape, graph);
  }
  return error;
}

}  // namespace hostcuda
