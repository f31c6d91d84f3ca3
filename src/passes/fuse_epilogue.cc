// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Activations and residuals applied where the sums are still in registers.
#include <unordered_map>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ActivationKind;

/// Activations that the fast kernels apply; others would bind the node to slow ones.
bool usual(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::Relu:
    case ActivationKind::Sigmoid:
    case ActivationKind::Tanh:
    case ActivationKind::LeakyRelu:
    case ActivationKind::Elu:
    case ActivationKind::Clip:
    case ActivationKind::HardSigmoid:
    case ActivationKind::HardSwish:
    case ActivationKind::GeluErf:
    case ActivationKind::GeluTanh:
      return true;
    default:
      return false;
  }
}

/// Where the node keeps its activation; null for other operators and types.
ops::Activation* epilogue_of(ir::Node& node) {
  if (!is_real(node.output()->dtype())) return nullptr;
  if (auto* conv = node.as<ops::Convolution>()) return &conv->activation;
  if (auto* mat_mul = node.as<ops::MatMul>()) return &mat_mul->activation;
  return nullptr;
}

bool take_activation(ir::Graph& graph, ir::Node& node, PassContext& context) {
  ops::Activation* epilogue = epilogue_of(node);
  ir::Node* reader = only_reader(context, *node.output());
  const auto* activation = reader ? reader->as<ops::Activation>() : nullptr;
  if (!activation || epilogue->kind != ActivationKind::None || !usual(activation->kind)) {
    return false;
  }
  *epilogue = *activation;
  absorb(graph, node, *reader);
  return true;
}

/// True if `value` is made by a convolution that could still add the other operand of `sum`.
bool can_add(const ir::Value& value, const ir::Node& sum, const PassContext& context) {
  const auto* conv = value.producer() ? value.producer()->as<ops::Convolution>() : nullptr;
  return conv && is_real(value.dtype()) && conv->activation.kind == ActivationKind::None &&
         !value.producer()->input(ops::kConvResidual) && only_reader(context, value) == &sum;
}

/// Gives the sum of a convolution and any other value to the convolution.
bool take_residual(ir::Graph& graph, ir::Node& sum,
                   const std::unordered_map<const ir::Node*, size_t>& order, PassContext& context) {
  const auto* op = sum.as<ops::ElementWise>();
  if (!op || op->kind != ops::ElementWiseKind::Add) return false;
  ir::Value *a = sum.input(0), *b = sum.input(1);
  if (a->shape() != sum.output()->shape() || b->shape() != sum.output()->shape()) return false;
  const bool first = can_add(*a, sum, context), second = can_add(*b, sum, context);
  if (!first && !second) return false;
  // Of two convolutions the later one adds: the earlier one's result is there by then.
  const bool take_second = second && (!first || order.at(b->producer()) > order.at(a->producer()));
  ir::Node* conv = (take_second ? b : a)->producer();
  graph.set_input(conv, ops::kConvResidual, take_second ? a : b);
  absorb(graph, *conv, sum);
  return true;
}

}  // namespace

Status fuse_epilogue(ir::Graph& graph, PassContext& context) {
  std::unordered_map<const ir::Node*, size_t> order;
  for (const auto& node : graph.nodes()) order.emplace(node.get(), order.size());
  // Residuals first: a convolution that has its activation can add nothing before it.
  for (ir::Node* sum : nodes_of<ops::ElementWise>(graph)) {
    if (take_residual(graph, *sum, order, context)) ++context.changes;
  }
  for (ir::Node* node : nodes_of<ops::Convolution, ops::MatMul>(graph)) {
    if (epilogue_of(*node) && take_activation(graph, *node, context)) ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
