// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all calls on graphs share: finding what handles name, adding nodes, filling lists.
#pragma once

#include <mutex>
#include <vector>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/graph/graph.h"

namespace hostcuda {

/// Nodes that a call names, with what passes along their edges (null: nothing).
struct NodeList {
  const cudaGraphNode_t* nodes = nullptr;
  const cudaGraphEdgeData* edges = nullptr;
  size_t count = 0;
};

/// The edges from live nodes of `graph`. cudaErrorInvalidValue for others, and for one named twice.
cudaError_t edges_from(const Graph& graph, const NodeList& list, Edges& edges);

/// Guarded, and under graph_mutex().
template <typename Body>
cudaError_t on_graphs(Body&& body) {
  return guarded([&] {
    const std::lock_guard lock(graph_mutex());
    return body();
  });
}

/// A call that adds a node: `make` fills an Operation.
template <typename Make>
cudaError_t add(cudaGraphNode_t* out, cudaGraph_t graph, const NodeList& dependencies,
                Make&& make) {
  return on_graphs([&] {
    const auto found = graphs().find(graph);
    if (out == nullptr || found == nullptr) {
      return cudaErrorInvalidValue;
    }
    Edges edges;
    Operation operation;
    cudaError_t error = edges_from(*found, dependencies, edges);
    if (error == cudaSuccess) {
      error = make(operation);
    }
    if (error == cudaSuccess) {
      *out = add_node(*found, std::move(operation), edges)->handle;
    }
    return error;
  });
}

/// The live node, if it holds a T; else null.
template <typename T>
T* held(cudaGraphNode_t node, std::shared_ptr<Node>& found) {
  found = nodes().find(node);
  return found == nullptr ? nullptr : std::get_if<T>(&found->operation);
}

/// A call that asks a node of one kind: `read` is given the operation.
template <typename T, typename Out, typename Read>
cudaError_t get(cudaGraphNode_t node, Out* out, Read&& read) {
  return on_graphs([&] {
    std::shared_ptr<Node> found;
    const T* const operation = held<T>(node, found);
    if (operation == nullptr || out == nullptr) {
      return cudaErrorInvalidValue;
    }
    *out = read(*operation);
    return cudaSuccess;
  });
}

/// A call that replaces the operation of a node by another of the same kind.
template <typename T, typename Make>
cudaError_t set(cudaGraphNode_t node, Make&& make) {
  return on_graphs([&] {
    std::shared_ptr<Node> found;
    if (held<T>(node, found) == nullptr) {
      return cudaErrorInvalidValue;
    }
    Operation operation;
    const cudaError_t error = make(operation);
    if (error == cudaSuccess) {
      found->operation = std::move(operation);
    }
    return error;
  });
}

}  // namespace hostcuda
