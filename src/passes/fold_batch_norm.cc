// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Batch normalisation by constants is a scale and a shift.
#include <cmath>

#include "passes/affine.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

/// The normalisation as an affine map; nullopt when its parameters are no finite constants.
std::optional<Affine> affine_of(const ir::Node& node) {
  const ops::ConstantData* parameters[4];
  for (size_t i = 0; i < 4; ++i) {
    parameters[i] = node.input(i + 1)->constant();
    if (!parameters[i] || parameters[i]->count() != parameters[0]->count()) return std::nullopt;
  }
  const auto [scale, bias, mean, variance] = parameters;
  const double epsilon = node.as<ops::BatchNorm>()->epsilon;
  Affine affine;
  for (int64_t c = 0; c < scale->count(); ++c) {
    const double factor = scale->real(c) / std::sqrt(variance->real(c) + epsilon);
    const double shift = bias->real(c) - mean->real(c) * factor;
    if (!std::isfinite(factor) || !std::isfinite(shift)) return std::nullopt;
    affine.scale.push_back(factor);
    affine.shift.push_back(shift);
  }
  return affine;
}

/// Folds into the node that makes the input, when its channels are on axis 1 as here.
bool fold_into_producer(ir::Graph& graph, ir::Node& node, const Affine& affine,
                        PassContext& context) {
  const ir::Value* x = node.input(0);
  ir::Node* producer = x->producer();
  if (!producer || only_reader(context, *x) != &node) return false;
  const auto channels = channels_of(*producer);
  const auto behind = static_cast<int>(x->shape().size()) - 2;
  if (!channels || channels->axes_behind != behind) return false;
  if (channels->count != static_cast<int64_t>(affine.scale.size())) return false;
  if (!fold_affine(graph, *producer, affine, context)) return false;
  absorb(graph, *producer, node);
  return true;
}

/// x·scale + shift, the constants shaped [C, 1, …].
Status expand_to_arithmetic(ir::Graph& graph, ir::Node& node, const Affine& affine,
                            PassContext& context) {
  Dims dims{static_cast<int64_t>(affine.scale.size())};
  for (size_t i = 2; i < node.input(0)->shape().size(); ++i) dims.push_back(1);
  ir::Value* value = node.input(0);
  const struct {
    ops::ElementWiseKind kind;
    const std::vector<double>& numbers;
    const char *constant, *node;
  } steps[] = {{ops::ElementWiseKind::Mul, affine.scale, ".scale", ".mul"},
               {ops::ElementWiseKind::Add, affine.shift, ".shift", ".add"}};
  for (const auto& step : steps) {
    ops::ConstantRef data = make_reals(node.output()->dtype(), dims, [&](int64_t c) {
      return step.numbers[static_cast<size_t>(c)];
    });
    ir::Value* constant =
        constant_before(graph, &node, std::move(data), node.name + step.constant, context);
    TENON_ASSIGN(ir::Node * made,
                 graph.insert(&node, ops::ElementWise{step.kind}, {value, constant},
                              node.name + step.node, context.diag));
    made->sources = sources_of(node);
    value = made->output();
    value->name = made->name;
  }
  supplant(graph, node.output(), value);
  graph.erase(&node);
  return {};
}

}  // namespace

Status fold_batch_norm(ir::Graph& graph, PassContext& context) {
  for (ir::Node* node : nodes_of<ops::BatchNorm>(graph)) {
    if (!is_real(node->output()->dtype())) continue;
    const auto affine = affine_of(*node);
    if (!affine) continue;
    if (!fold_into_producer(graph, *node, *affine, context)) {
      TENON_TRY(expand_to_arithmetic(graph, *node, *affine, context));
    }
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
