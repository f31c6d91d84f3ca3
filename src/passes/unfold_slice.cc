// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slices that begin where another tensor than their input says: kernels know their own extents
// only.
#include <algorithm>

#include "passes/passes.h"
#include "passes/unfold.h"

namespace tenon::passes {

namespace {

using expr::Expr;

bool follows_from(const Expr& start, const expr::Shape& input) {
  if (start.is_constant()) return true;
  if (start.is_symbol()) return std::ranges::find(input, start) != input.end();
  return follows_from(start.lhs(), input) && follows_from(start.rhs(), input);
}

/// A vector of one element, the number of `e`.
Result<ir::Value*> number(ir::Graph& graph, const ir::Node& node, const Expr& e,
                          PassContext& context) {
  const std::vector<int64_t> zero{0};
  TENON_ASSIGN(ir::Value * scalar,
               before(graph, node, ops::Constant{ops::ConstantData::of<int64_t>({}, zero)}, {},
                      "zero", context));
  TENON_ASSIGN(ir::Value * as_long,
               before(graph, node, ops::Expand{{e}}, {scalar}, "as_long", context));
  return before(graph, node, ops::Shape{}, {as_long}, "start", context);
}

}  // namespace

Status unfold_slice(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const ops::Slice slice = *node.as<ops::Slice>();
  ir::Value* x = node.input(0);
  ops::Slice rest{slice.starts, slice.sizes, slice.steps};
  std::vector<size_t> axes;
  for (size_t axis = 0; axis < slice.starts.size(); ++axis) {
    if (follows_from(slice.starts[axis], x->shape())) continue;
    axes.push_back(axis);
    rest.starts[axis] = 0;
    rest.sizes[axis] = x->shape()[axis];
    rest.steps[static_cast<int>(axis)] = 1;
  }
  if (axes.empty()) return {};
  TENON_ASSIGN(x, before(graph, node, std::move(rest), {x}, "rest", context));
  for (const size_t axis : axes) {
    TENON_ASSIGN(ir::Value * start, number(graph, node, slice.starts[axis], context));
    ops::Fill fill;
    fill.target = {slice.sizes[axis]};
    fill.type = DType::I64;
    fill.step = static_cast<double>(slice.steps[static_cast<int>(axis)]);
    TENON_ASSIGN(ir::Value * places,
                 before(graph, node, std::move(fill), {nullptr, start}, "places", context));
    const ops::Gather gather{static_cast<int64_t>(axis)};
    if (axis == axes.back()) {
      become(graph, node, gather, {x, places});
    } else {
      TENON_ASSIGN(x, before(graph, node, gather, {x, places}, "part", context));
    }
  }
  ++context.changes;
  return {};
}

}  // namespace tenon::passes
