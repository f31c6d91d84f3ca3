// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers of the network interface that stand for several operators.
#include "passes/unfold.h"

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

Result<ir::Value*> before(ir::Graph& graph, const ir::Node& node, ops::Op op,
                          std::vector<ir::Value*> inputs, std::string_view role,
                          PassContext& context) {
  TENON_ASSIGN(ir::Node * made, graph.insert(&node, std::move(op), std::move(inputs),
                                             fmt::format("{}/{}", node.name, role), context.diag));
  made->sources = sources_of(node);
  return made->output();
}

void become(ir::Graph& graph, ir::Node& node, ops::Op op, const std::vector<ir::Value*>& inputs) {
  node.op = std::move(op);
  for (size_t i = 0; i < inputs.size(); ++i) graph.set_input(&node, i, inputs[i]);
  graph.truncate_inputs(&node, inputs.size());
}

namespace {

Status unfold_shuffle(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const ops::Shuffle shuffle = *node.as<ops::Shuffle>();
  TENON_ASSIGN(ir::Value * x, before(graph, node, ops::Transpose{shuffle.first}, {node.input(0)},
                                     "first_transpose", context));
  TENON_ASSIGN(x, before(graph, node, ops::Reshape{shuffle.target}, {x}, "reshape", context));
  become(graph, node, ops::Transpose{shuffle.second}, {x});
  return {};
}

/// A product and a sum; the last of what there is takes the node's place.
Status unfold_scale(ir::Graph& graph, ir::Node& node, PassContext& context) {
  ir::Value* x = node.input(ops::kScaleX);
  struct Step {
    size_t input;
    ops::ElementWiseKind kind;
    std::string_view role;
  };
  constexpr Step kSteps[] = {{ops::kScaleFactor, ops::ElementWiseKind::Mul, "scale"},
                             {ops::kScaleShift, ops::ElementWiseKind::Add, "shift"},
                             {ops::kScalePower, ops::ElementWiseKind::Pow, "power"}};
  const std::vector<ir::Value*> inputs = node.inputs();
  for (const Step& step : kSteps) {
    if (step.input >= inputs.size() || inputs[step.input] == nullptr) continue;
    TENON_ASSIGN(x, before(graph, node, ops::ElementWise{step.kind}, {x, inputs[step.input]},
                           step.role, context));
  }
  become(graph, node, ops::Identity{}, {x});
  return {};
}

/// A product of matrices, with axes of extent 1 where vectors stand.
Status unfold_vectors(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const ops::VectorProduct product = *node.as<ops::VectorProduct>();
  ir::Value* operands[2] = {node.input(0), node.input(1)};
  for (size_t i = 0; i < 2; ++i) {
    const expr::Shape shape = ops::as_matrices(product, i, operands[i]->shape());
    if (shape == operands[i]->shape()) continue;
    TENON_ASSIGN(operands[i], before(graph, node, ops::Reshape{shape}, {operands[i]},
                                     i == 0 ? "rows" : "columns", context));
  }
  const ops::MatMul matrices{
      product.transpose_a, product.transpose_b, {ops::ActivationKind::None, 0, 0}};
  TENON_ASSIGN(ir::Value * made,
               before(graph, node, matrices, {operands[0], operands[1]}, "product", context));
  become(graph, node, ops::Reshape{node.output()->shape()}, {made});
  return {};
}

}  // namespace

Status unfold(ir::Graph& graph, PassContext& context) {
  for (ir::Node* node : nodes_of<ops::Attention, ops::Squeeze, ops::Unsqueeze, ops::Shuffle,
                                 ops::ScaleShift, ops::VectorProduct>(graph)) {
    if (node->as<ops::Attention>() != nullptr) {
      TENON_TRY(unfold_attention(graph, *node, context));
      continue;
    }
    if (node->as<ops::Shuffle>() != nullptr) {
      TENON_TRY(unfold_shuffle(graph, *node, context));
    } else if (node->as<ops::VectorProduct>() != nullptr) {
      TENON_TRY(unfold_vectors(graph, *node, context));
    } else if (node->as<ops::ScaleShift>() != nullptr) {
      TENON_TRY(unfold_scale(graph, *node, context));
    } else {
      become(graph, *node, ops::Reshape{node->output()->shape()}, {node->input(0)});
    }
    ++context.changes;
  }
  for (ir::Node* node : nodes_of<ops::Slice>(graph)) {
    TENON_TRY(unfold_slice(graph, *node, context));
  }
  return {};
}

}  // namespace tenon::passes
