// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums of integers where the convolution's own are still in registers.
#include <unordered_map>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using Order = std::unordered_map<const ir::Node*, size_t>;

/// The convolution that makes input `i` of `sum` for nobody else and can still add the other input
/// to it; null when there is none.
ir::Node* adding(const ir::Node& sum, size_t i, const PassContext& context) {
  ir::Node* node = sum.input(i)->producer();
  const auto* op = node ? node->as<ops::QuantConvolution>() : nullptr;
  const DType to = sum.output()->dtype();
  const bool free = op && op->to == to && sum.input(1 - i)->dtype() == to &&
                    op->convolution.activation.kind == ops::ActivationKind::None &&
                    !node->input(ops::kQuantResidual);
  return free && only_reader(context, *sum.input(i)) == &sum ? node : nullptr;
}

void give(ir::Graph& graph, ir::Node& sum, size_t i, ir::Node& node) {
  const auto& added = *sum.as<ops::QuantSum>();
  auto& op = *node.as<ops::QuantConvolution>();
  op.rounds_between = true;
  op.between = op.y;
  op.residual = i == 0 ? added.b : added.a;
  op.y = added.y;
  op.convolution.activation = added.activation;
  graph.set_input(&node, ops::kQuantResidual, sum.input(1 - i));
  absorb(graph, node, sum);
}

}  // namespace

Status absorb_residual(ir::Graph& graph, PassContext& context) {
  Order order;
  for (const auto& node : graph.nodes()) order.emplace(node.get(), order.size());
  for (ir::Node* sum : nodes_of<ops::QuantSum>(graph)) {
    if (sum->inputs().size() < 2 || !sum->input(1)) continue;
    if (sum->input(0)->shape() != sum->input(1)->shape()) continue;
    ir::Node *first = adding(*sum, 0, context), *second = adding(*sum, 1, context);
    if (!first && !second) continue;
    // Of two convolutions the later one adds: the earlier one's result is there by then.
    const bool take_second = second && (!first || order.at(second) > order.at(first));
    give(graph, *sum, take_second ? 1 : 0, take_second ? *second : *first);
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
