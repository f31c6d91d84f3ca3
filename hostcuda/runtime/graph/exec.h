// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A graph made ready to launch: its own copy of the graph, and the program made of that.
#pragma once

#include <memory>

#include "hostcuda/runtime/graph/program.h"

namespace hostcuda {

/// Guarded by graph_mutex(). A launch holds the program alone, so that an instance may be changed
/// or destroyed while it runs.
struct Exec {
  cudaGraphExec_t handle = nullptr;
  unsigned long long flags = 0;
  std::shared_ptr<Graph> shape;
  std::shared_ptr<const Program> program;  ///< null: to be made again
  Ticket last;                             ///< of its latest launch: launches follow each other
};

Registry<Exec>& execs();

/// Errors: cudaErrorInvalidValue for a cycle (named in `result` if not null), for unknown flags and
/// for a second instance of a graph that holds memory nodes.
cudaError_t instantiate(const std::shared_ptr<Graph>& graph, unsigned long long flags,
                        std::shared_ptr<Exec>& exec, cudaGraphInstantiateResult* result);

/// Puts one run of it on the stream; on a stream that captures, a child graph node.
cudaError_t launch(Exec& exec, cudaStream_t stream);

/// The copy, in the instance, of a node of the graph that it was made of.
Node* find_copy(const Graph& shape, cudaGraphNode_t original);

/// Takes over the operations of `graph`, which must have the same nodes and edges. `info` says what
/// differs; then cudaErrorGraphExecUpdateFailure.
cudaError_t update(Graph& shape, const Graph& graph, cudaGraphExecUpdateResultInfo& info);

}  // namespace hostcuda
