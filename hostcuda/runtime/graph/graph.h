// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs: nodes, edges, copies. All of it is guarded by graph_mutex().
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/handle.h"
#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {

struct UserObject;

struct Edge {
  Node* from = nullptr;
  cudaGraphEdgeData data{};
};
using Edges = std::vector<Edge>;

struct Node {
  cudaGraphNode_t handle = nullptr;  ///< null in graphs that no program sees
  Graph* graph = nullptr;            ///< null once it is taken out
  Operation operation;
  Edges dependencies;
  std::vector<Node*> dependents;
  cudaGraphNode_t origin = nullptr;  ///< the node this is a copy of
  bool enabled = true;
  std::map<cudaLaunchAttributeID, cudaLaunchAttributeValue> attributes;
};

/// References to an object of the program; released when the graph ends.
struct Retained {
  std::shared_ptr<UserObject> object;
  unsigned int count = 0;
};

struct Graph : std::enable_shared_from_this<Graph> {
  Graph() = default;
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  cudaGraph_t handle = nullptr;
  bool in_node = false;                      ///< belongs to a child graph node, which alone ends it
  std::vector<std::shared_ptr<Node>> nodes;  ///< in order of creation
  std::vector<Retained> objects;
  std::weak_ptr<Graph> memory_instance;  ///< the one instance that may be, if it holds memory nodes
};

Registry<Graph>& graphs();
Registry<Node>& nodes();

/// An empty graph, which programs can name if `visible`.
std::shared_ptr<Graph> make_graph(bool visible);

/// Adds a node; the edges' nodes are of this graph.
std::shared_ptr<Node> add_node(Graph& graph, Operation operation, const Edges& dependencies);

/// Adds or takes away one edge. Errors: cudaErrorInvalidValue if it is there already, or not there.
cudaError_t link(Node& to, const Edge& edge);
cudaError_t unlink(Node& to, const Edge& edge);

void remove_node(const std::shared_ptr<Node>& node);

/// A copy, child graphs included, whose nodes know what they are copies of.
std::shared_ptr<Graph> clone(const Graph& graph, bool visible);

/// Each node behind those it depends on, else in order of creation; too few if there is a cycle.
std::vector<Node*> in_order(const Graph& graph);

/// Whether it, or a child graph, allocates or frees memory.
bool holds_memory(const Graph& graph);

cudaGraphNodeType type_of(const Operation& operation);

}  // namespace hostcuda
