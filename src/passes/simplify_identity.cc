// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Going around nodes that give back what they get.
#include <algorithm>

#include "expr/requirement.h"
#include "passes/passes.h"
#include "passes/rewrite.h"
#include "passes/simplify_identity.h"

namespace tenon::passes {

namespace {

using expr::Expr;

// Whether each operator gives its input 0 back. Most decide by shapes and parameters alone.
template <class Op>
bool gives_back(const Op&, const ir::Node&) {
  return false;
}
bool gives_back(const ops::Identity&, const ir::Node&) { return true; }
bool gives_back(const ops::Reshape& op, const ir::Node& node) {
  return op.target == node.input(0)->shape();
}
bool gives_back(const ops::Expand& op, const ir::Node& node) {
  return op.target == node.input(0)->shape();
}
bool gives_back(const ops::Transpose& op, const ir::Node&) {
  return std::ranges::is_sorted(op.perm);
}
bool gives_back(const ops::Cast& op, const ir::Node& node) {
  return op.to == node.input(0)->dtype();
}
bool gives_back(const ops::Concat&, const ir::Node& node) { return node.inputs().size() == 1; }
bool gives_back(const ops::Activation& op, const ir::Node&) {
  return op.kind == ops::ActivationKind::None;
}
bool gives_back(const ops::Slice& op, const ir::Node& node) {
  return op.sizes == node.input(0)->shape() &&
         std::ranges::all_of(op.starts, [](const Expr& e) { return e == Expr(0); }) &&
         std::ranges::all_of(op.steps, [](int64_t step) { return step == 1; });
}
bool gives_back(const ops::Pad& op, const ir::Node&) {
  const auto zero = [](int64_t count) { return count == 0; };
  return std::ranges::all_of(op.begin, zero) && std::ranges::all_of(op.end, zero);
}
/// x·1, x/1, x+0, x−0, where the constant does not broadcast x to a larger shape.
bool gives_back(const ops::ElementWise& op, const ir::Node& node) {
  const ops::ConstantData* right = node.input(1)->constant();
  if (!right || node.output()->shape() != node.input(0)->shape()) return false;
  switch (op.kind) {
    case ops::ElementWiseKind::Mul:
    case ops::ElementWiseKind::Div:
      return all_equal(*right, 1);
    case ops::ElementWiseKind::Add:
    case ops::ElementWiseKind::Sub:
      return all_equal(*right, 0);
    default:
      return false;
  }
}

bool gives_back(const ir::Node& node) {
  return std::visit([&](const auto& op) { return gives_back(op, node); }, node.op);
}

/// Everybody reads the node's input instead of its output, if names allow it.
bool go_around(ir::Graph& graph, ir::Node& node, const PassContext& context) {
  ir::Value *from = node.output(), *to = node.input(0);
  if (from->uses().empty() && !from->is_network_output()) return false;  // done before
  if (context.keep.contains(from->name)) return false;
  const bool nameless = to->producer() && !context.pinned(*to);
  if (from->is_network_output() && (!nameless || to->constant())) return false;
  graph.replace(from, to);
  return true;
}

/// Reads past a Reshape or Transpose of the same kind in front, taking its work along.
bool join_with_previous(ir::Graph& graph, ir::Node& node) {
  ir::Value* between = node.input(0);
  const ir::Node* previous = between ? between->producer() : nullptr;
  if (!previous) return false;
  if (node.as<ops::Reshape>() && previous->as<ops::Reshape>()) {
    // What a run checks of the shape between must not be lost.
    if (std::ranges::any_of(between->shape(), expr::has_requirement)) return false;
    graph.set_input(&node, 0, previous->input(0));
    return true;
  }
  auto* outer = node.as<ops::Transpose>();
  const auto* inner = previous->as<ops::Transpose>();
  if (!outer || !inner) return false;
  for (int64_t& axis : outer->perm) axis = inner->perm[static_cast<int>(axis)];
  graph.set_input(&node, 0, previous->input(0));
  return true;
}

}  // namespace

namespace {

/// True if what the node does hangs on the numbers of a floating-point constant.
bool asks_for_numbers(const ir::Node& node) {
  return node.as<ops::ElementWise>() != nullptr && is_floating(node.output()->dtype());
}

Status simplify(ir::Graph& graph, bool numbers_vary, PassContext& context) {
  for (const auto& node : graph.nodes()) {
    while (join_with_previous(graph, *node)) ++context.changes;
    if (numbers_vary && asks_for_numbers(*node)) continue;
    if (gives_back(*node) && go_around(graph, *node, context)) ++context.changes;
  }
  return {};
}

}  // namespace

Status simplify_identity(ir::Graph& graph, PassContext& context) {
  return simplify(graph, false, context);
}

Status simplify_identity_of_any_numbers(ir::Graph& graph, PassContext& context) {
  return simplify(graph, true, context);
}

}  // namespace tenon::passes
