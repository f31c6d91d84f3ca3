// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Per-channel arithmetic behind a convolution or matrix product becomes its weights and bias.
#include <cmath>

#include "passes/affine.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ElementWiseKind;

/// What `reader` does to x, its operand 0, as an affine map; nullopt when it is something else.
std::optional<Affine> affine_of(const ir::Node& reader, const ir::Value& x, Channels channels) {
  const auto* op = reader.as<ops::ElementWise>();
  if (!op || reader.input(0) != &x || reader.output()->shape() != x.shape()) return std::nullopt;
  const ops::ConstantData* constant = reader.input(1)->constant();
  auto numbers = constant ? per_channel(*constant, channels) : std::nullopt;
  if (!numbers) return std::nullopt;
  for (double& number : *numbers) {
    if (op->kind == ElementWiseKind::Sub) number = -number;
    if (op->kind == ElementWiseKind::Div) number = 1 / number;
    if (!std::isfinite(number)) return std::nullopt;
  }
  switch (op->kind) {
    case ElementWiseKind::Add:
    case ElementWiseKind::Sub:
      return Affine{{}, std::move(*numbers)};
    case ElementWiseKind::Mul:
    case ElementWiseKind::Div: {
      const size_t count = numbers->size();
      return Affine{std::move(*numbers), std::vector<double>(count, 0)};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Status fold_scale(ir::Graph& graph, PassContext& context) {
  for (ir::Node* node : nodes_of<ops::Convolution, ops::MatMul>(graph)) {
    const auto channels = channels_of(*node);
    if (!channels) continue;
    while (ir::Node* reader = only_reader(context, *node->output())) {
      const auto affine = affine_of(*reader, *node->output(), *channels);
      if (!affine || !fold_affine(graph, *node, *affine, context)) break;
      absorb(graph, *node, *reader);
      ++context.changes;
    }
  }
  return {};
}

}  // namespace tenon::passes
