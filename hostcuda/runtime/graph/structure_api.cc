// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on graphs as wholes and on their edges.
#include <algorithm>

#include "hostcuda/runtime/graph/structure.h"

namespace hostcuda {

cudaError_t edges_from(const Graph& graph, const NodeList& list, Edges& edges) {
  if (list.count > 0 && list.nodes == nullptr) {
    return cudaErrorInvalidValue;
  }
  for (size_t i = 0; i < list.count; ++i) {
    const auto node = nodes().find(list.nodes[i]);
    const bool twice = std::any_of(edges.begin(), edges.end(),
                                   [&](const Edge& edge) { return edge.from == node.get(); });
    if (node == nullptr || node->graph != &graph || twice) {
      return cudaErrorInvalidValue;
    }
    edges.push_back({node.get(), list.edges == nullptr ? cudaGraphEdgeData{} : list.edges[i]});
  }
  return cudaSuccess;
}

namespace {

bool plain(const cudaGraphEdgeData& data) {
  return data.from_port == 0 && data.to_port == 0 && data.type == cudaGraphDependencyTypeDefault;
}

/// A list as calls hand it out: only counted if there is no place for it, else cut or filled up.
struct Connection {
  cudaGraphNode_t from = nullptr;
  cudaGraphNode_t to = nullptr;
  cudaGraphEdgeData data{};
};

struct Places {
  cudaGraphNode_t* from = nullptr;
  cudaGraphNode_t* to = nullptr;
  cudaGraphEdgeData* data = nullptr;
};

cudaError_t hand_out(const std::vector<Connection>& all, const Places& places, size_t* count) {
  if (count == nullptr) {
    return cudaErrorInvalidValue;
  }
  if (places.from == nullptr && places.to == nullptr) {
    *count = all.size();
    return cudaSuccess;
  }
  const bool loss =
      places.data == nullptr &&
      std::any_of(all.begin(), all.end(), [](const Connection& each) { return !plain(each.data); });
  if (loss) {
    return cudaErrorLossyQuery;
  }
  for (size_t i = 0; i < *count; ++i) {
    const Connection each = i < all.size() ? all[i] : Connection();
    if (places.from != nullptr) {
      places.from[i] = each.from;
    }
    if (places.to != nullptr) {
      places.to[i] = each.to;
    }
    if (places.data != nullptr) {
      places.data[i] = each.data;
    }
  }
  *count = std::min(*count, all.size());
  return cudaSuccess;
}

cudaError_t list_nodes(cudaGraph_t graph, bool roots, cudaGraphNode_t* out, size_t* count) {
  return on_graphs([&] {
    const auto found = graphs().find(graph);
    if (found == nullptr) {
      return cudaErrorInvalidValue;
    }
    std::vector<Connection> all;
    for (const auto& node : found->nodes) {
      if (!roots || node->dependencies.empty()) {
        all.push_back({node->handle, nullptr, {}});
      }
    }
    return hand_out(all, {out, nullptr, nullptr}, count);
  });
}

void add_dependencies(const Node& node, std::vector<Connection>& all) {
  for (const Edge& edge : node.dependencies) {
    all.push_back({edge.from->handle, node.handle, edge.data});
  }
}

/// The edges that enter a node, or those that leave it.
cudaError_t list_around(cudaGraphNode_t node, bool entering, const Places& places, size_t* count) {
  return on_graphs([&] {
    const auto found = nodes().find(node);
    if (found == nullptr) {
      return cudaErrorInvalidValue;
    }
    std::vector<Connection> all;
    if (entering) {
      add_dependencies(*found, all);
    } else {
      for (const Node* dependent : found->dependents) {
        add_dependencies(*dependent, all);
      }
      std::erase_if(all, [&](const Connection& each) { return each.from != node; });
    }
    return hand_out(all, places, count);
  });
}

using Change = cudaError_t (*)(Node& to, const Edge& edge);

/// Adds or takes away edges, all or none.
cudaError_t change(cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to,
                   const cudaGraphEdgeData* data, size_t count, Change apply, Change undo) {
  return on_graphs([&] {
    const auto found = graphs().find(graph);
    if (found == nullptr || (count > 0 && (from == nullptr || to == nullptr)) ||
        (apply == unlink && holds_memory(*found))) {
      return cudaErrorInvalidValue;
    }
    std::vector<std::pair<Node*, Edge>> done;
    for (size_t i = 0; i < count; ++i) {
      const auto source = nodes().find(from[i]);
      const auto target = nodes().find(to[i]);
      const bool here = source != nullptr && target != nullptr && source->graph == found.get() &&
                        target->graph == found.get();
      const Edge edge{source.get(), data == nullptr ? cudaGraphEdgeData{} : data[i]};
      if (!here || apply(*target, edge) != cudaSuccess) {
        for (const auto& [node, changed] : done) {
          undo(*node, changed);
        }
        return cudaErrorInvalidValue;
      }
      done.emplace_back(target.get(), edge);
    }
    return cudaSuccess;
  });
}

cudaError_t destroy_node(cudaGraphNode_t node) {
  const auto found = nodes().find(node);
  if (found == nullptr || found->graph == nullptr || holds_memory(*found->graph)) {
    return cudaErrorInvalidValue;
  }
  remove_node(found);
  return cudaSuccess;
}

cudaError_t destroy(cudaGraph_t graph) {
  const auto found = graphs().find(graph);
  if (found == nullptr || found->in_node) {
    return cudaErrorInvalidValue;
  }
  graphs().remove(graph);
  return cudaSuccess;
}

cudaError_t find_in_clone(cudaGraphNode_t* out, cudaGraphNode_t original, cudaGraph_t graph) {
  const auto found = graphs().find(graph);
  if (out == nullptr || found == nullptr) {
    return cudaErrorInvalidValue;
  }
  const auto copy = std::find_if(found->nodes.begin(), found->nodes.end(),
                                 [&](const auto& node) { return node->origin == original; });
  if (original == nullptr || copy == found->nodes.end()) {
    return cudaErrorInvalidValue;
  }
  *out = (*copy)->handle;
  return cudaSuccess;
}

}  // namespace
}  // namespace hostcuda

HOSTCUDA_API cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned int flags) {
  return hostcuda::on_graphs([&] {
    if (graph == nullptr || flags != 0) {
      return cudaErrorInvalidValue;
    }
    *graph = hostcuda::make_graph(true)->handle;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphClone(cudaGraph_t* out, cudaGraph_t original) {
  return hostcuda::on_graphs([&] {
    const auto found = hostcuda::graphs().find(original);
    if (out == nullptr || found == nullptr || hostcuda::holds_memory(*found)) {
      return cudaErrorInvalidValue;
    }
    *out = hostcuda::clone(*found, true)->handle;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return hostcuda::on_graphs([&] { return hostcuda::destroy(graph); });
}

HOSTCUDA_API cudaError_t cudaGraphDestroyNode(cudaGraphNode_t node) {
  return hostcuda::on_graphs([&] { return hostcuda::destroy_node(node); });
}

HOSTCUDA_API cudaError_t cudaGraphNodeFindInClone(cudaGraphNode_t* out, cudaGraphNode_t original,
                                                  cudaGraph_t graph) {
  return hostcuda::on_graphs([&] { return hostcuda::find_in_clone(out, original, graph); });
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType* type) {
  return hostcuda::on_graphs([&] {
    const auto found = hostcuda::nodes().find(node);
    if (found == nullptr || type == nullptr) {
      return cudaErrorInvalidValue;
    }
    *type = hostcuda::type_of(found->operation);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* out, size_t* count) {
  return hostcuda::list_nodes(graph, false, out, count);
}

HOSTCUDA_API cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t* out,
                                               size_t* count) {
  return hostcuda::list_nodes(graph, true, out, count);
}

HOSTCUDA_API cudaError_t cudaGraphGetEdges(cudaGraph_t graph, cudaGraphNode_t* from,
                                           cudaGraphNode_t* to, cudaGraphEdgeData* data,
                                           size_t* count) {
  return hostcuda::on_graphs([&] {
    const auto found = hostcuda::graphs().find(graph);
    if (found == nullptr || (from == nullptr) != (to == nullptr)) {
      return cudaErrorInvalidValue;
    }
    std::vector<hostcuda::Connection> all;
    for (const auto& node : found->nodes) {
      hostcuda::add_dependencies(*node, all);
    }
    return hostcuda::hand_out(all, {from, to, data}, count);
  });
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependencies(cudaGraphNode_t node, cudaGraphNode_t* out,
                                                      cudaGraphEdgeData* data, size_t* count) {
  return hostcuda::list_around(node, true, {out, nullptr, data}, count);
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependentNodes(cudaGraphNode_t node, cudaGraphNode_t* out,
                                                        cudaGraphEdgeData* data, size_t* count) {
  return hostcuda::list_around(node, false, {nullptr, out, data}, count);
}

HOSTCUDA_API cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                                  const cudaGraphNode_t* to,
                                                  const cudaGraphEdgeData* data, size_t count) {
  return hostcuda::change(graph, from, to, data, count, hostcuda::link, hostcuda::unlink);
}

HOSTCUDA_API cudaError_t cudaGraphRemoveDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                                     const cudaGraphNode_t* to,
                                                     const cudaGraphEdgeData* data, size_t count) {
  return hostcuda::change(graph, from, to, data, count, hostcuda::unlink, hostcuda::link);
}
