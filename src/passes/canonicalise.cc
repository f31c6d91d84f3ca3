// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One form for equal things, so that other passes and kernels look for one.
#include <limits>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;

bool commutes(ElementWiseKind kind) {
  switch (kind) {
    case ElementWiseKind::Add:
    case ElementWiseKind::Mul:
    case ElementWiseKind::Max:
    case ElementWiseKind::Min:
    case ElementWiseKind::And:
    case ElementWiseKind::Or:
    case ElementWiseKind::Xor:
    case ElementWiseKind::Equal:
      return true;
    default:
      return false;
  }
}

/// Constants stand right.
bool swap_operands(ir::Graph& graph, ir::Node& node) {
  const auto* op = node.as<ops::ElementWise>();
  if (!op || !commutes(op->kind)) return false;
  ir::Value *a = node.input(0), *b = node.input(1);
  if (!a->constant() || b->constant()) return false;
  graph.set_input(&node, 0, b);
  graph.set_input(&node, 1, a);
  return true;
}

/// Relu where it hides in an activation of more parameters, None where nothing happens.
bool plain_activation(ir::Node& node) {
  auto* op = node.as<ops::Activation>();
  if (!op || !is_real(node.input(0)->dtype())) return false;
  constexpr float kMost = std::numeric_limits<float>::max();
  const bool clip = op->kind == ActivationKind::Clip && op->beta >= kMost;
  const bool leaky = op->kind == ActivationKind::LeakyRelu;
  if ((clip || leaky) && op->alpha == 0) {
    *op = {ActivationKind::Relu, 0, 0};
  } else if ((clip && op->alpha <= -kMost) || (leaky && op->alpha == 1)) {
    *op = {ActivationKind::None, 0, 0};
  } else {
    return false;
  }
  return true;
}

/// A transpose whose axes of more than one element keep their order moves no data.
bool transpose_to_reshape(ir::Node& node) {
  const auto* op = node.as<ops::Transpose>();
  if (!op) return false;
  int64_t previous = -1;
  bool moves_axes = false;
  for (int i = 0; i < op->perm.rank(); ++i) {
    const int64_t axis = op->perm[i];
    moves_axes = moves_axes || axis != i;
    if (node.input(0)->shape()[static_cast<size_t>(axis)] == expr::Expr(1)) continue;
    if (axis < previous) return false;
    previous = axis;
  }
  if (!moves_axes) return false;  // simplify_identity goes around it
  node.op = ops::Reshape{node.output()->shape()};
  return true;
}

}  // namespace

Status canonicalise(ir::Graph& graph, PassContext& context) {
  for (const auto& node : graph.nodes()) {
    if (swap_operands(graph, *node) || plain_activation(*node) || transpose_to_reshape(*node)) {
      ++context.changes;
    }
  }
  return {};
}

}  // namespace tenon::passes
