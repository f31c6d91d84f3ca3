// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and importing graphs that are attributes.
#include "importers/onnx/operators/subgraph.h"

namespace tenon::onnx {

Result<const wire::Graph*> subgraph(Context& node, std::string_view attribute) {
  TENON_TRY(node.expect_attribute(attribute));
  const wire::Attribute* found = node.node().find(attribute);
  if (found->type != wire::AttributeType::Graph) {
    return node.fail(Code::InvalidModel, "attribute {} is {}, but must be a graph", attribute,
                     wire::to_words(found->type));
  }
  Session& session = node.session();
  if (node.scope().depth() + 1 > kMaxDepth) {
    return node.fail(Code::InvalidModel, "branches and bodies are nested more than {} levels deep",
                     kMaxDepth);
  }
  wire::Graph& graph = session.branches.emplace_back();
  TENON_TRY(wire::decode_graph(found->graph, graph, node.diag));
  session.nodes_inlined += graph.nodes.size();
  if (session.nodes_inlined > kMaxInlined) {
    return node.fail(Code::Unsupported, "functions and branches unfold to more than {} nodes",
                     kMaxInlined);
  }
  return &graph;
}

Scope subgraph_scope(Context& node, std::string_view attribute) {
  return {node.session(), fmt::format("{}/{}/", node.name(), attribute),
          node.scope().operator_sets(), node.scope().depth() + 1, &node.scope()};
}

Result<std::vector<ir::Value*>> import_subgraph(Context& node, std::string_view attribute,
                                                const wire::Graph& graph, Scope& body) {
  for (const wire::Tensor& tensor : graph.initializers) {
    if (body.add_initializer(tensor)) continue;
    return node.fail(Code::InvalidModel, "two initializers of {} are named \"{}\"", attribute,
                     tensor.name);
  }
  TENON_TRY(import_nodes(node.session(), body, graph.nodes, node.diag, nullptr));
  std::vector<ir::Value*> values;
  for (const wire::ValueInfo& output : graph.outputs) {
    TENON_ASSIGN(const Scope::Entry made, body.find(output.name, node.diag));
    if (made.state != Scope::State::Known || made.value == nullptr) {
      return node.fail(Code::InvalidModel, "{} does not make its output \"{}\"", attribute,
                       output.name);
    }
    values.push_back(made.value);
  }
  return values;
}

}  // namespace tenon::onnx
