// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The structure of graphs.
#include "hostcuda/runtime/graph/graph.h"

#include <algorithm>
#include <unordered_map>

#include "hostcuda/runtime/graph/user_object.h"

namespace hostcuda {
namespace {

bool same_edge(const Edge& one, const Edge& other) {
  return one.from == other.from && one.data.from_port == other.data.from_port &&
         one.data.to_port == other.data.to_port && one.data.type == other.data.type;
}

void name_graph(const std::shared_ptr<Graph>& graph) {
  graph->handle = static_cast<cudaGraph_t>(graphs().add(graph));
}

Operation copy_of(const Operation& operation, bool visible) {
  const auto* const child = std::get_if<ChildGraph>(&operation);
  if (child == nullptr) {
    return operation;
  }
  ChildGraph copy{clone(*child->graph, visible)};
  copy.graph->in_node = true;
  return copy;
}

}  // namespace

Registry<Graph>& graphs() {
  static Registry<Graph>& registry = *new Registry<Graph>;
  return registry;
}

Registry<Node>& nodes() {
  static Registry<Node>& registry = *new Registry<Node>;
  return registry;
}

Graph::~Graph() {
  for (const auto& node : nodes) {
    node->graph = nullptr;
    if (node->handle != nullptr) {
      hostcuda::nodes().remove(node->handle);
    }
    if (const auto* const child = std::get_if<ChildGraph>(&node->operation);
        child != nullptr && child->graph->handle != nullptr) {
      graphs().remove(child->graph->handle);
    }
  }
  for (const Retained& retained : objects) {
    release(retained.object, retained.count);
  }
}

std::shared_ptr<Graph> make_graph(bool visible) {
  auto graph = std::make_shared<Graph>();
  if (visible) {
    name_graph(graph);
  }
  return graph;
}

std::shared_ptr<Node> add_node(Graph& graph, Operation operation, const Edges& dependencies) {
  auto node = std::make_shared<Node>();
  node->graph = &graph;
  node->operation = std::move(operation);
  graph.nodes.push_back(node);
  if (graph.handle != nullptr) {
    node->handle = static_cast<cudaGraphNode_t>(nodes().add(node));
  }
  for (const Edge& edge : dependencies) {
    link(*node, edge);
  }
  return node;
}

cudaError_t link(Node& to, const Edge& edge) {
  if (edge.from == &to || std::any_of(to.dependencies.begin(), to.dependencies.end(),
                                      [&](const Edge& there) { return same_edge(there, edge); })) {
    return cudaErrorInvalidValue;
  }
  to.dependencies.push_back(edge);
  edge.from->dependents.push_back(&to);
  return cudaSuccess;
}

cudaError_t unlink(Node& to, const Edge& edge) {
  const auto there =
      std::find_if(to.dependencies.begin(), to.dependencies.end(),
                   [&](const Edge& candidate) { return same_edge(candidate, edge); });
  if (there == to.dependencies.end()) {
    return cudaErrorInvalidValue;
  }
  to.dependencies.erase(there);
  auto& dependents = edge.from->dependents;
  dependents.erase(std::find(dependents.begin(), dependents.end(), &to));
  return cudaSuccess;
}

void remove_node(const std::shared_ptr<Node>& node) {
  while (!node->dependencies.empty()) {
    unlink(*node, Edge(node->dependencies.back()));
  }
  for (Node* dependent : node->dependents) {
    std::erase_if(dependent->dependencies,
                  [&](const Edge& edge) { return edge.from == node.get(); });
  }
  node->dependents.clear();
  std::erase(node->graph->nodes, node);
  node->graph = nullptr;
  nodes().remove(node->handle);
}

std::shared_ptr<Graph> clone(const Graph& graph, bool visible) {
  auto copy = make_graph(visible);
  std::unordered_map<const Node*, Node*> copies;
  for (const auto& node : graph.nodes) {
    const auto added = add_node(*copy, copy_of(node->operation, visible), {});
    added->origin = node->handle != nullptr ? node->handle : node->origin;
    added->enabled = node->enabled;
    added->attributes = node->attributes;
    copies.emplace(node.get(), added.get());
  }
  for (const auto& node : graph.nodes) {  // an edge may lead to a node made later
    for (const Edge& edge : node->dependencies) {
      link(*copies.at(node.get()), {copies.at(edge.from), edge.data});
    }
  }
  for (const Retained& retained : graph.objects) {
    retain(*retained.object, retained.count);
    copy->objects.push_back(retained);
  }
  return copy;
}

std::vector<Node*> in_order(const Graph& graph) {
  std::unordered_map<const Node*, size_t> missing;
  std::vector<Node*> order;
  order.reserve(graph.nodes.size());
  for (const auto& node : graph.nodes) {
    missing[node.get()] = node->dependencies.size();
    if (node->dependencies.empty()) {
      order.push_back(node.get());
    }
  }
  for (size_t next = 0; next < order.size(); ++next) {
    for (Node* dependent : order[next]->dependents) {
      if (--missing[dependent] == 0) {
        order.push_back(dependent);
      }
    }
  }
  return order;
}

bool holds_memory(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const auto& node) {
    const auto* const child = std::get_if<ChildGraph>(&node->operation);
    return std::holds_alternative<Allocate>(node->operation) ||
           std::holds_alternative<Release>(node->operation) ||
           (child != nullptr && holds_memory(*child->graph));
  });
}

cudaGraphNodeType type_of(const Operation& operation) {
  struct Type {
    cudaGraphNodeType operator()(const Copy&) { return cudaGraphNodeTypeMemcpy; }
    cudaGraphNodeType operator()(const Fill&) { return cudaGraphNodeTypeMemset; }
    cudaGraphNodeType operator()(const Kernel&) { return cudaGraphNodeTypeKernel; }
    cudaGraphNodeType operator()(const HostCall&) { return cudaGraphNodeTypeHost; }
    cudaGraphNodeType operator()(const Task&) { return cudaGraphNodeTypeHost; }
    cudaGraphNodeType operator()(const Allocate&) { return cudaGraphNodeTypeMemAlloc; }
    cudaGraphNodeType operator()(const Release&) { return cudaGraphNodeTypeMemFree; }
    cudaGraphNodeType operator()(const RecordEvent&) { return cudaGraphNodeTypeEventRecord; }
    cudaGraphNodeType operator()(const WaitEvent&) { return cudaGraphNodeTypeWaitEvent; }
    cudaGraphNodeType operator()(const ChildGraph&) { return cudaGraphNodeTypeGraph; }
    cudaGraphNodeType operator()(const Nothing&) { return cudaGraphNodeTypeEmpty; }
    cudaGraphNodeType operator()(const Callback&) { return cudaGraphNodeTypeEmpty; }  // never nodes
    cudaGraphNodeType operator()(const Closure&) { return cudaGraphNodeTypeEmpty; }
    cudaGraphNodeType operator()(const Launch&) { return cudaGraphNodeTypeEmpty; }
  };
  return std::visit(Type(), operation);
}

}  // namespace hostcuda
