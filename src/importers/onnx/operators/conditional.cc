// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// If: the branch that a known condition takes, or a choice between what both compute.
#include "importers/onnx/nodes.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

/// The values a branch gives. Its names may be those of the values around it.
Status import_branch(Context& node, std::string_view attribute, std::vector<ir::Value*>& values) {
  TENON_TRY(node.expect_attribute(attribute));
  const wire::Attribute* found = node.node().find(attribute);
  if (found->type != wire::AttributeType::Graph) {
    return node.fail(Code::InvalidModel, "attribute {} is {}, but must be a graph", attribute,
                     wire::to_words(found->type));
  }
  Session& session = node.session();
  const int depth = node.scope().depth() + 1;
  if (depth > kMaxDepth) {
    return node.fail(Code::InvalidModel, "branches are nested more than {} levels deep", kMaxDepth);
  }
  wire::Graph& branch = session.branches.emplace_back();
  TENON_TRY(wire::decode_graph(found->graph, branch, node.diag));
  session.nodes_inlined += branch.nodes.size();
  if (session.nodes_inlined > kMaxInlined) {
    return node.fail(Code::Unsupported, "functions and branches unfold to more than {} nodes",
                     kMaxInlined);
  }
  if (!branch.inputs.empty() || branch.outputs.size() < node.output_count()) {
    return node.fail(Code::InvalidModel, "{} takes {} inputs and gives {} outputs, not 0 and {}",
                     attribute, branch.inputs.size(), branch.outputs.size(), node.output_count());
  }
  Scope body(session, fmt::format("{}/{}/", node.name(), attribute), node.scope().operator_sets(),
             depth, &node.scope());
  for (const wire::Tensor& tensor : branch.initializers) {
    if (body.add_initializer(tensor)) continue;
    return node.fail(Code::InvalidModel, "two initializers of {} are named \"{}\"", attribute,
                     tensor.name);
  }
  TENON_TRY(import_nodes(session, body, branch.nodes, node.diag, nullptr));
  for (size_t i = 0; i < node.output_count(); ++i) {
    TENON_ASSIGN(const Scope::Entry made, body.find(branch.outputs[i].name, node.diag));
    if (made.state != Scope::State::Known || made.value == nullptr) {
      return node.fail(Code::InvalidModel, "{} does not make its output \"{}\"", attribute,
                       branch.outputs[i].name);
    }
    values.push_back(made.value);
  }
  return {};
}

/// Both branches are computed; of each pair of outputs one is chosen, element by element.
Status choose(Context& node, const std::vector<ir::Value*>& then_values,
              const std::vector<ir::Value*>& else_values) {
  ir::Value* condition = node.in(0);
  if (!condition->shape().empty()) {
    TENON_ASSIGN(condition, node.add(ops::Reshape{}, {condition}, "condition"));
  }
  for (size_t i = 0; i < then_values.size(); ++i) {
    const ir::Value &a = *then_values[i], &b = *else_values[i];
    if (a.dtype() != b.dtype() || a.shape() != b.shape()) {
      const expr::SymbolTable& symbols = node.session().graph.symbols();
      return node.fail(
          Code::Unsupported,
          "output {} is {} {} or {} {}, as the condition will have it: branches of "
          "different types or shapes need a condition that is known when the engine is "
          "built",
          i, to_string(a.dtype()), expr::to_string(a.shape(), symbols), to_string(b.dtype()),
          expr::to_string(b.shape(), symbols));
    }
    TENON_ASSIGN(ir::Value * chosen,
                 node.add(ops::Select{}, {condition, then_values[i], else_values[i]},
                          fmt::format("chosen_{}", i)));
    TENON_TRY(node.output(i, chosen));
  }
  return {};
}

Status import_if(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  if (const ops::ConstantData* condition = node.known(0)) {
    if (condition->count() != 1) {
      return node.fail(Code::InvalidModel, "the condition has {} elements, but must have one",
                       condition->count());
    }
    std::vector<ir::Value*> values;
    const bool holds = condition->integer(0) != 0;
    TENON_TRY(import_branch(node, holds ? "then_branch" : "else_branch", values));
    for (size_t i = 0; i < values.size(); ++i) TENON_TRY(node.output(i, values[i]));
    return {};
  }
  std::vector<ir::Value*> then_values, else_values;
  TENON_TRY(import_branch(node, "then_branch", then_values));
  TENON_TRY(import_branch(node, "else_branch", else_values));
  return choose(node, then_values, else_values);
}

constexpr Row kConditionalRows[] = {
    {"If", 1, kNoEnd, import_if},
};

}  // namespace

std::span<const Row> conditional_rows() { return kConditionalRows; }

}  // namespace tenon::onnx
