// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that change or tell a shape.
#include <algorithm>

#include "importers/onnx/table.h"
#include "ops/new_shape.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

Status reshape(Context& node, const ops::Content& wanted, bool zero_copies) {
  TENON_ASSIGN(expr::Shape target, ops::reshaped(node.shape(0), wanted, zero_copies,
                                                 node.session().graph.symbols(), node.diag));
  return node.finish(ops::Reshape{std::move(target)}, {node.in(0)});
}

Status import_reshape_1(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_attribute("shape"));
  TENON_ASSIGN(const std::vector<int64_t> list, node.integers("shape"));
  return reshape(node, ops::Content(list.begin(), list.end()), true);
}

Status import_reshape_5(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const ops::Content wanted, node.extents(1, "the new shape"));
  TENON_ASSIGN(const int64_t allow_zero, node.integer("allowzero", 0));
  return reshape(node, wanted, allow_zero == 0);
}

Status import_flatten(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const expr::Shape& shape = node.shape(0);
  TENON_ASSIGN(int64_t axis, node.integer("axis", 1));
  if (axis < 0) axis += node.rank(0);
  if (axis < 0 || axis > node.rank(0)) {
    return node.fail(Code::InvalidModel, "axis {} does not exist in a tensor of rank {}", axis,
                     node.rank(0));
  }
  const auto middle = shape.begin() + axis;
  expr::Shape target{expr::volume({shape.begin(), middle}), expr::volume({middle, shape.end()})};
  return node.finish(ops::Reshape{std::move(target)}, {node.in(0)});
}

/// The axes of Squeeze and Unsqueeze: input 1 from opset 13 on, an attribute before.
Result<std::vector<int64_t>> read_axes(Context& node) {
  if (node.opset() < 13) {
    TENON_TRY(node.expect_inputs(1, 1));
    return node.integers("axes");
  }
  TENON_TRY(node.expect_inputs(1, 2));
  return node.has(1) ? node.numbers(1, "the axes") : std::vector<int64_t>{};
}

Status import_squeeze(Context& node) {
  TENON_ASSIGN(std::vector<int64_t> axes, read_axes(node));
  const expr::Shape& shape = node.shape(0);
  const bool given = !axes.empty();
  TENON_ASSIGN(axes, node.normal_axes(std::move(axes), node.rank(0)));
  expr::Shape target;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool named = std::binary_search(axes.begin(), axes.end(), static_cast<int64_t>(i));
    const Expr& extent = shape[i];
    if (named && extent.is_constant() && extent.constant() != 1) {
      return node.fail(Code::InvalidModel, "axis {} has extent {} and cannot be squeezed", i,
                       extent.constant());
    }
    if (given ? !named : !(extent == Expr(1))) target.push_back(extent);
  }
  return node.finish(ops::Reshape{std::move(target)}, {node.in(0)});
}

Status import_unsqueeze(Context& node) {
  TENON_ASSIGN(std::vector<int64_t> axes, read_axes(node));
  const int64_t rank = node.rank(0) + static_cast<int64_t>(axes.size());
  TENON_ASSIGN(axes, node.normal_axes(std::move(axes), rank));
  expr::Shape target = node.shape(0);
  for (const int64_t axis : axes) target.insert(target.begin() + axis, Expr(1));
  return node.finish(ops::Reshape{std::move(target)}, {node.in(0)});
}

/// From opset 15 on a range of the extents.
Status import_shape(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const int64_t rank = node.rank(0);
  TENON_ASSIGN(int64_t start, node.integer("start", 0));
  TENON_ASSIGN(int64_t end, node.integer("end", rank));
  start = std::clamp<int64_t>(start < 0 ? start + rank : start, 0, rank);
  end = std::clamp<int64_t>(end < 0 ? end + rank : end, 0, rank);
  if (start == 0 && end == rank) return node.finish(ops::Shape{}, {node.in(0)});
  TENON_ASSIGN(ir::Value * whole, node.add(ops::Shape{}, {node.in(0)}, "whole"));
  const int64_t size = std::max<int64_t>(end - start, 0);
  return node.finish(ops::Slice{{start}, {size}, {1}}, {whole});
}

Status import_size(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(ir::Value * shape, node.add(ops::Shape{}, {node.in(0)}, "shape"));
  return node.finish(ops::Reduce{ops::ReduceKind::Prod, {0}, false}, {shape});
}

Status import_expand(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const ops::Content wanted, node.extents(1, "the new shape"));
  TENON_ASSIGN(expr::Shape target,
               ops::expanded(node.shape(0), wanted, node.session().graph.symbols(), node.diag));
  return node.finish(ops::Expand{std::move(target)}, {node.in(0)});
}

/// Repeats along axes: each becomes two, the first is expanded, both are joined.
Status import_tile(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const ops::Content repeats, node.extents(1, "the repeats"));
  const expr::Shape& shape = node.shape(0);
  if (repeats.size() != shape.size()) {
    return node.fail(Code::InvalidModel, "{} repeats are given for an input of rank {}",
                     repeats.size(), shape.size());
  }
  expr::Shape split, expanded, joined;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (!(repeats[i] == Expr(1))) {
      split.emplace_back(1);
      expanded.push_back(repeats[i]);
    }
    split.push_back(shape[i]);
    expanded.push_back(shape[i]);
    joined.push_back(shape[i] * repeats[i]);
  }
  TENON_ASSIGN(ir::Value * apart, node.add(ops::Reshape{std::move(split)}, {node.in(0)}, "apart"));
  TENON_ASSIGN(ir::Value * copies, node.add(ops::Expand{std::move(expanded)}, {apart}, "copies"));
  return node.finish(ops::Reshape{std::move(joined)}, {copies});
}

constexpr Row kShapeRows[] = {
    {"Expand", 8, kNoEnd, import_expand},       {"Flatten", 1, kNoEnd, import_flatten},
    {"Reshape", 1, 4, import_reshape_1},        {"Reshape", 5, kNoEnd, import_reshape_5},
    {"Shape", 1, kNoEnd, import_shape},         {"Size", 1, kNoEnd, import_size},
    {"Squeeze", 1, kNoEnd, import_squeeze},     {"Tile", 6, kNoEnd, import_tile},
    {"Unsqueeze", 1, kNoEnd, import_unsqueeze},
};

}  // namespace

std::span<const Row> shape_rows() { return kShapeRows; }

}  // namespace tenon::onnx
