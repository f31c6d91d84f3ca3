// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that change or tell a shape.
#include <algorithm>

#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

using expr::Expr;

/// The new extents, −1 resolved.
Result<expr::Shape> resolve(Context& node, const expr::Shape& from, ops::Content wanted) {
  std::optional<size_t> open;
  Expr others = 1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == Expr(-1)) {
      if (open) return node.fail(Code::InvalidModel, "the new shape holds -1 twice");
      open = i;
      continue;
    }
    if (wanted[i].is_constant() && wanted[i].constant() < 0) {
      return node.fail(Code::InvalidModel, "the new shape holds {}", wanted[i].constant());
    }
    others = others * wanted[i];
  }
  if (!open) return wanted;
  const Expr total = expr::volume(from);
  const bool known = total.is_constant() && others.is_constant();
  if (others == Expr(0) || (known && total.constant() % others.constant() != 0)) {
    return node.fail(Code::InvalidModel, "no extent in place of -1 keeps the number of elements");
  }
  wanted[*open] = expr::floor_div(total, others);
  return wanted;
}

Status import_reshape(Context& node) {
  TENON_TRY(node.expect_inputs(2));
  TENON_ASSIGN(ops::Content wanted, node.content(1, "the new shape"));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(expr::Shape target, resolve(node, x->shape(), std::move(wanted)));
  return node.finish(ops::Reshape{std::move(target)}, {x});
}

Status import_flatten(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  const expr::Shape& shape = x->shape();
  if (shape.empty()) return node.fail(Code::InvalidModel, "flattens a scalar");
  const expr::Shape rest(shape.begin() + 1, shape.end());
  return node.finish(ops::Reshape{{shape[0], expr::volume(rest)}}, {x});
}

Status import_squeeze(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(std::vector<int64_t> list, node.integers(node.has("axes") ? "axes" : "axis"));
  const auto rank = static_cast<int64_t>(x->shape().size());
  for (int64_t axis = 0; list.empty() && axis < rank; ++axis) {
    if (x->shape()[static_cast<size_t>(axis)] == Expr(1)) list.push_back(axis);
  }
  TENON_ASSIGN(const Dims axes, node.normal_axes(std::move(list), rank));
  return node.finish(ops::Squeeze{axes}, {x});
}

Status import_expand_dims(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(const int64_t given, node.integer("axis", 0));
  TENON_ASSIGN(const int64_t axis,
               node.normal_axis(given, static_cast<int64_t>(x->shape().size()) + 1));
  return node.finish(ops::Unsqueeze{{axis}}, {x});
}

Status import_transpose(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_TRY(node.expect_field("permutation"));
  TENON_ASSIGN(const std::vector<int64_t> list, node.integers("permutation"));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  const auto rank = static_cast<int64_t>(x->shape().size());
  if (list.size() != x->shape().size()) {
    return node.fail(Code::InvalidModel, "field permutation has {} entries for an input of rank {}",
                     list.size(), rank);
  }
  Dims perm;
  for (const int64_t given : list) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(given, rank));
    perm.push_back(axis);
  }
  return node.finish(ops::Transpose{perm}, {x});
}

/// The extents as 32-bit integers, the type of the numbers they are reckoned with.
Status import_shape(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(ir::Value * wide, node.add(ops::Shape{}, {x}, "wide"));
  return node.finish(ops::Cast{DType::I32}, {wide});
}

Status import_pad(Context& node) {
  TENON_TRY(node.expect_inputs(2));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(const std::vector<int64_t> pads, node.numbers(1, "the padding"));
  const size_t rank = x->shape().size();
  if (pads.size() != 2 * rank) {
    return node.fail(Code::InvalidModel,
                     "{} pads are given for an input of rank {}, but each axis "
                     "takes two",
                     pads.size(), rank);
  }
  ops::Pad op;
  for (size_t axis = 0; axis < rank; ++axis) {
    for (const int64_t pad : {pads[2 * axis], pads[2 * axis + 1]}) {
      if (pad < 0 || pad > INT32_MAX) {
        return node.fail(Code::InvalidModel, "a pad of {} elements is not possible", pad);
      }
    }
    op.begin.push_back(pads[2 * axis]);
    op.end.push_back(pads[2 * axis + 1]);
  }
  return node.finish(op, {x});
}

constexpr Row kShapeRows[] = {
    {"ExpandDims", import_expand_dims}, {"Flatten", import_flatten}, {"Pad", import_pad},
    {"Reshape", import_reshape},        {"Shape", import_shape},     {"Squeeze", import_squeeze},
    {"Transpose", import_transpose},
};

}  // namespace

std::span<const Row> shape_rows() { return kShapeRows; }

}  // namespace tenon::uff
