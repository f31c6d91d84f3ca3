// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Computing at build time what depends on no input.
#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

bool all_constant(const ir::Node& node) {
  return std::ranges::any_of(node.inputs(), [](const ir::Value* v) { return v != nullptr; }) &&
         std::ranges::all_of(node.inputs(),
                             [](const ir::Value* v) { return v == nullptr || v->constant(); });
}

/// True if the outputs' sizes are known and do no harm to the engine file.
bool worth_keeping(const ir::Node& node, const PassContext& context) {
  size_t before = 0, after = 0;
  for (const ir::Value* value : node.inputs()) {
    if (value) before += value->constant()->bytes().size();
  }
  for (const ir::Value* value : node.outputs()) {
    const auto dims = expr::to_dims(value->shape());
    if (!dims || context.pinned(*value)) return false;
    after += byte_size(value->dtype(), static_cast<size_t>(dims->volume()));
  }
  return after <= kMaxFoldedBytes || after <= before;
}

/// True if the evaluator gave what the operator's rule promised.
bool as_promised(const ir::Node& node, const std::vector<ops::ConstantRef>& results) {
  if (results.size() != node.outputs().size()) return false;
  for (size_t i = 0; i < results.size(); ++i) {
    const ir::Value& value = *node.outputs()[i];
    if (!results[i] || results[i]->dtype() != value.dtype() ||
        expr::to_shape(results[i]->dims()) != value.shape()) {
      return false;
    }
  }
  return true;
}

}  // namespace

namespace {

/// True of what small weights stand for: kept until passes have looked for operators on integers.
bool is_small_weights(const ir::Node& node) {
  if (!node.as<ops::Dequantize>()) return false;
  const DType type = node.input(0)->dtype();
  return type == DType::I8 || type == DType::U8;
}

Status fold(ir::Graph& graph, PassContext& context, bool small_weights) {
  if (!context.evaluator) return {};
  std::vector<ir::Node*> nodes;
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Constant>() || node->as<ops::Foreign>()) continue;
    if (small_weights || !is_small_weights(*node)) nodes.push_back(node.get());
  }
  // In order: what one node gives makes the next one's inputs constant.
  for (const ir::Node* node : nodes) {
    if (!all_constant(*node) || !worth_keeping(*node, context)) continue;
    auto results = context.evaluator->evaluate(*node);
    if (!results.ok()) continue;  // left to the kernels, which say what is wrong
    if (!as_promised(*node, *results)) {
      return context.diag.fail(Code::Internal,
                               "node \"{}\" was evaluated to another type than its rule says",
                               node->name);
    }
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      ir::Value* value = node->outputs()[i];
      supplant(graph, value, constant_before(graph, node, (*results)[i], value->name, context));
    }
    ++context.changes;
  }
  return {};
}

}  // namespace

Status constant_folding(ir::Graph& graph, PassContext& context) {
  return fold(graph, context, false);
}

Status fold_dequantisation(ir::Graph& graph, PassContext& context) {
  return fold(graph, context, true);
}

}  // namespace tenon::passes
