// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that look for elements: the greatest, those that are not zero, the different ones.
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// The place of the greatest or smallest element along an axis.
template <bool largest>
Status import_arg(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  TENON_ASSIGN(const int64_t keep, node.integer("keepdims", 1));
  TENON_ASSIGN(const int64_t last, node.integer("select_last_index", 0));
  const ops::TopK op{{Expr(1)}, axis, largest, last != 0, DType::I64};
  TENON_ASSIGN(ir::Value * values, node.add(op, {node.in(0)}, "found"));
  ir::Value* indices = values->producer()->output(1);
  if (keep != 0) return node.output(0, indices);
  expr::Shape target = node.shape(0);
  target.erase(target.begin() + axis);
  return node.finish(ops::Reshape{std::move(target)}, {indices});
}

Status top_k(Context& node, const Expr& k) {
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  TENON_ASSIGN(const int64_t largest, node.integer("largest", 1));
  TENON_TRY(node.expect_outputs(2));
  const ops::TopK op{{k}, axis, largest != 0, false, DType::I64};
  TENON_ASSIGN(ir::Node * made, node.add_node(op, {node.in(0)}, node.name()));
  TENON_TRY(node.output(0, made->output(0)));
  return node.output(1, made->output(1));
}

Status import_top_k_1(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_attribute("k"));
  TENON_ASSIGN(const int64_t k, node.integer("k", 1));
  return top_k(node, k);
}

Status import_top_k_10(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const ops::Content k, node.extents(1, "the number of elements"));
  if (k.size() != 1)
    return node.fail(Code::InvalidModel, "the number of elements is not one number");
  return top_k(node, k[0]);
}

/// One at the first greatest element along `axis` of `x`, zero elsewhere.
Result<ir::Value*> hard_max(Context& node, ir::Value* x, int64_t axis) {
  const ops::TopK op{{Expr(1)}, axis, true, false, DType::I64};
  expr::Shape lines = x->shape();
  const Expr extent = lines[static_cast<size_t>(axis)];
  lines.erase(lines.begin() + axis);
  const double ends[] = {0, 1};
  if (is_storage(x->dtype())) {
    return node.fail(Code::Unsupported, "cannot be computed on {}: cast to f32 first",
                     to_string(x->dtype()));
  }
  ir::Value* values = node.add_constant(make_constant(x->dtype(), {2}, ends), "values");
  TENON_ASSIGN(ir::Value * greatest, node.add(op, {x}, "greatest"));
  TENON_ASSIGN(ir::Value * place, node.add(ops::Reshape{std::move(lines)},
                                           {greatest->producer()->output(1)}, "place"));
  return node.add(ops::OneHot{axis, {extent}}, {place, values}, "hot");
}

/// Before opset 13 all axes from `axis` on count as one.
Status import_hard_max_1(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  const expr::Shape shape = node.shape(0);
  expr::Shape flat(shape.begin(), shape.begin() + axis);
  flat.push_back(expr::volume({shape.begin() + axis, shape.end()}));
  TENON_ASSIGN(ir::Value * rows, node.add(ops::Reshape{std::move(flat)}, {node.in(0)}, "flat"));
  TENON_ASSIGN(ir::Value * hot, hard_max(node, rows, axis));
  return node.finish(ops::Reshape{shape}, {hot});
}

Status import_hard_max_13(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  TENON_ASSIGN(ir::Value * hot, hard_max(node, node.in(0), axis));
  return node.output(0, hot);
}

/// Indices of elements that are not zero; what is known now is looked through now.
Status import_non_zero(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const ops::ConstantData* data = node.known(0);
  constexpr int64_t kMost = 1 << 20;
  if (data == nullptr || data->count() > kMost) {
    return node.finish(ops::NonZero{DType::I64}, {node.in(0)});
  }
  const Dims& dims = data->dims();
  const Dims strides = row_major_strides(dims);
  std::vector<std::vector<int64_t>> columns(static_cast<size_t>(dims.rank()));
  int64_t count = 0;
  for (int64_t i = 0; i < data->count(); ++i) {
    if (data->real(i) == 0) continue;
    ++count;
    for (int axis = 0; axis < dims.rank(); ++axis) {
      columns[static_cast<size_t>(axis)].push_back(i / strides[axis] % dims[axis]);
    }
  }
  std::vector<int64_t> all;
  for (const auto& column : columns) all.insert(all.end(), column.begin(), column.end());
  return node.finish(
      ops::Constant{ops::ConstantData::of<int64_t>({int64_t{dims.rank()}, count}, all)}, {});
}

/// Slices whose condition is true: a gather of what is not zero.
Status import_compress(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_TRY(node.expect_rank(1, 1));
  ir::Value* x = node.in(0);
  int64_t axis = 0;
  if (node.has_attribute("axis")) {
    TENON_ASSIGN(axis, node.axis("axis", 0, node.rank(0)));
  } else {
    TENON_ASSIGN(x, node.add(ops::Reshape{{expr::volume(node.shape(0))}}, {x}, "flat"));
  }
  TENON_ASSIGN(ir::Value * found, node.add(ops::NonZero{DType::I64}, {node.in(1)}, "found"));
  const expr::Shape places{found->shape()[1]};
  TENON_ASSIGN(ir::Value * indices, node.add(ops::Reshape{places}, {found}, "indices"));
  return node.finish(ops::Gather{axis}, {x, indices});
}

Status import_unique(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_outputs(4));
  ops::Unique op;
  TENON_ASSIGN(const int64_t sorted, node.integer("sorted", 1));
  op.sorted = sorted != 0;
  op.flat = !node.has_attribute("axis");
  if (!op.flat) {
    TENON_ASSIGN(op.axis, node.axis("axis", 0, node.rank(0)));
  }
  TENON_ASSIGN(ir::Node * made, node.add_node(op, {node.in(0)}, node.name()));
  for (size_t i = 0; i < 4; ++i) TENON_TRY(node.output(i, made->output(i)));
  return {};
}

constexpr Row kSearchRows[] = {
    {"ArgMax", 1, kNoEnd, import_arg<true>},
    {"ArgMin", 1, kNoEnd, import_arg<false>},
    {"Compress", 9, kNoEnd, import_compress},
    {"Hardmax", 1, 12, import_hard_max_1},
    {"Hardmax", 13, kNoEnd, import_hard_max_13},
    {"NonZero", 9, kNoEnd, import_non_zero},
    {"TopK", 1, 9, import_top_k_1},
    {"TopK", 10, kNoEnd, import_top_k_10},
    {"Unique", 11, kNoEnd, import_unique},
};

}  // namespace

std::span<const Row> search_rows() { return kSearchRows; }

}  // namespace tenon::onnx
