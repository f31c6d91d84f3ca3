// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions go around operators that only move or select numbers, towards those that can absorb
// them: real numbers begin as late, and end as early, as may be.
#include <algorithm>

#include "passes/passes.h"
#include "passes/quantisation.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

/// True of operators that give numbers of their input 0 unchanged, whatever type these have.
bool only_moves(const ir::Node& node) {
  if (const auto* pooling = node.as<ops::Pooling>()) {
    return pooling->kind == ops::PoolingKind::Max;
  }
  return node.as<ops::Reshape>() || node.as<ops::Transpose>() || node.as<ops::Slice>() ||
         node.as<ops::Concat>();
}

/// How many inputs hold the numbers that are moved.
size_t moved_inputs(const ir::Node& node) {
  return node.as<ops::Concat>() ? node.inputs().size() : 1;
}

/// The conversion's node, made anew for `value`, before `before`.
Result<ir::Value*> again(ir::Graph& graph, const ir::Node& conversion, const ir::Node* before,
                         ir::Value* value, const std::string& name, PassContext& context) {
  std::vector<ir::Value*> inputs = conversion.inputs();
  inputs[0] = value;
  TENON_ASSIGN(ir::Node * made,
               graph.insert(before, conversion.op, std::move(inputs), name, context.diag));
  made->sources = sources_of(conversion);
  return made->output();
}

/// op(dequantize(q)) becomes dequantize(op(q)).
Result<bool> delay(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const auto first = dequantized_by(node.input(0));
  if (!first) return false;
  std::vector<ir::Value*> inputs = node.inputs();
  for (size_t i = 0; i < moved_inputs(node); ++i) {
    const auto each = dequantized_by(node.input(i));
    if (!each || !(*each == *first)) return false;
    inputs[i] = each->node->input(0);
  }
  TENON_ASSIGN(ir::Node * moved, graph.insert(&node, node.op, inputs, node.name, context.diag));
  moved->sources = sources_of(node);
  TENON_ASSIGN(ir::Value * real, again(graph, *first->node, &node, moved->output(),
                                       first->node->name + "_behind_" + node.name, context));
  supplant(graph, node.output(), real);
  return true;
}

/// quantize(op(x)) becomes op(quantize(x)).
/// `made` gains the conversions that now stand before it.
Result<bool> advance(ir::Graph& graph, const Conversion& quantize, PassContext& context,
                     std::vector<ir::Node*>& made) {
  ir::Node* node = quantize.node->input(0)->producer();
  if (!node || !only_moves(*node) || only_reader(context, *node->output()) != quantize.node) {
    return false;
  }
  std::vector<ir::Value*> inputs = node->inputs();
  for (size_t i = 0; i < moved_inputs(*node); ++i) {
    TENON_ASSIGN(inputs[i], again(graph, *quantize.node, node, inputs[i],
                                  quantize.node->name + "_before_" + node->name, context));
    made.push_back(inputs[i]->producer());
  }
  TENON_ASSIGN(ir::Node * moved,
               graph.insert(quantize.node, node->op, inputs, node->name, context.diag));
  moved->sources = sources_of(*node);
  supplant(graph, quantize.node->output(), moved->output());
  return true;
}

/// quantize(dequantize(q)) on one grid is q; a second quantize of a value is the first one.
bool cancel(ir::Graph& graph, const Conversion& quantize) {
  ir::Value* real = quantize.node->input(0);
  if (const auto before = dequantized_by(real); before && *before == quantize) {
    graph.replace(quantize.node->output(), before->node->input(0));
    return !quantize.node->output()->is_network_output();
  }
  for (const ir::Use& use : real->uses()) {
    if (use.node == quantize.node) return false;
    const auto other = use.index == 0 ? as_quantize(use.node) : std::nullopt;
    if (!other || !(*other == quantize)) continue;
    if (quantize.node->output()->uses().empty()) return false;
    graph.replace(quantize.node->output(), other->node->output());
    return true;
  }
  return false;
}

}  // namespace

Status move_quantisation(ir::Graph& graph, PassContext& context) {
  for (ir::Node* node :
       nodes_of<ops::Reshape, ops::Transpose, ops::Slice, ops::Concat, ops::Pooling>(graph)) {
    if (!only_moves(*node)) continue;
    TENON_ASSIGN(const bool moved, delay(graph, *node, context));
    context.changes += moved ? 1 : 0;
  }
  TENON_TRY(dead_code(graph, context));
  std::vector<ir::Node*> left = nodes_of<ops::Quantize>(graph);
  std::ranges::reverse(left);
  while (!left.empty()) {
    ir::Node* node = left.back();
    left.pop_back();
    const auto quantize = as_quantize(node);
    if (!quantize || node->output()->uses().empty()) continue;
    // What now stands before the operator may go on.
    TENON_ASSIGN(const bool moved, advance(graph, *quantize, context, left));
    context.changes += moved ? 1 : 0;
  }
  TENON_TRY(dead_code(graph, context));
  for (ir::Node* node : nodes_of<ops::Quantize>(graph)) {
    const auto quantize = as_quantize(node);
    if (quantize && cancel(graph, *quantize)) ++context.changes;
  }
  return dead_code(graph, context);
}

}  // namespace tenon::passes
