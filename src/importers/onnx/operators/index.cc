// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that address elements by indices.
#include <numeric>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ElementWise;
using ops::ElementWiseKind;

Status import_gather(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  return node.finish(ops::Gather{axis}, {node.in(0), node.in(1)});
}

/// indices + (indices < 0 ? depth : 0), as i64.
Result<ir::Value*> from_front(Context& node, ir::Value* count) {
  TENON_ASSIGN(ir::Value * index, node.add(ops::Cast{DType::I64}, {node.in(0)}, "indices"));
  TENON_ASSIGN(ir::Value * zero, node.scalar(DType::I64, 0, "zero"));
  TENON_ASSIGN(ir::Value * negative,
               node.add(ElementWise{ElementWiseKind::Less}, {index, zero}, "negative"));
  TENON_ASSIGN(ir::Value * wrapped,
               node.add(ElementWise{ElementWiseKind::Add}, {index, count}, "wrapped"));
  return node.add(ops::Select{}, {negative, wrapped, index}, "from_front");
}

/// Element `i` of input 2, as a scalar.
Result<ir::Value*> element(Context& node, int64_t i, std::string_view role) {
  TENON_ASSIGN(ir::Value * part,
               node.add(ops::Slice{{i}, {1}, {1}}, {node.in(2)}, fmt::format("{}_part", role)));
  return node.add(ops::Reshape{}, {part}, role);
}

struct Depth {
  expr::Expr extent;
  ir::Value* number;  ///< i64, one element
  ir::Value* places;  ///< 0 ... extent - 1
};

Result<Depth> read_depth(Context& node) {
  const bool whole = node.dtype(1) == DType::I64 || node.dtype(1) == DType::I32;
  if (node.known(1) != nullptr || !whole) {
    TENON_ASSIGN(const ops::ConstantData* data, node.constant(1, "the depth"));
    const int64_t depth = data->count() == 1 ? data->integer(0) : -1;
    if (depth < 1 || depth > INT32_MAX / 16) {
      return node.fail(Code::InvalidModel, "the depth is not one number of at least 1");
    }
    std::vector<double> numbers(static_cast<size_t>(depth));
    std::iota(numbers.begin(), numbers.end(), 0.0);
    ir::Value* places = node.add_constant(make_constant(DType::I64, {depth}, numbers), "places");
    TENON_ASSIGN(ir::Value * number, node.scalar(DType::I64, static_cast<double>(depth), "depth"));
    return Depth{depth, number, places};
  }
  TENON_ASSIGN(const ops::Content depth, node.extents(1, "the depth"));
  if (depth.size() != 1) return node.fail(Code::InvalidModel, "the depth is not one number");
  ops::Fill fill;
  fill.target = {depth[0]};
  fill.type = DType::I64;
  TENON_ASSIGN(ir::Value * places, node.add(std::move(fill), {}, "places"));
  TENON_ASSIGN(ir::Value * number, node.add(ops::Cast{DType::I64}, {node.in(1)}, "depth"));
  return Depth{depth[0], number, places};
}

/// Compares the indices, spread over a new axis, with 0 … depth−1.
Status import_one_hot(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_TRY(node.expect_rank(2, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0) + 1));
  TENON_ASSIGN(const Depth depth, read_depth(node));
  TENON_ASSIGN(ir::Value * index, from_front(node, depth.number));
  expr::Shape spread = node.shape(0);
  spread.insert(spread.begin() + axis, expr::Expr(1));
  expr::Shape column(static_cast<size_t>(node.rank(0) + 1 - axis), expr::Expr(1));
  column[0] = depth.extent;
  TENON_ASSIGN(ir::Value * places,
               node.add(ops::Reshape{std::move(column)}, {depth.places}, "column"));
  TENON_ASSIGN(index, node.add(ops::Reshape{std::move(spread)}, {index}, "spread"));
  TENON_ASSIGN(ir::Value * hot,
               node.add(ElementWise{ElementWiseKind::Equal}, {index, places}, "hot"));
  TENON_ASSIGN(ir::Value * off, element(node, 0, "off"));
  TENON_ASSIGN(ir::Value * on, element(node, 1, "on"));
  return node.finish(ops::Select{}, {hot, on, off});
}

constexpr Row kIndexRows[] = {
    {"Gather", 1, kNoEnd, import_gather},
    {"OneHot", 9, kNoEnd, import_one_hot},
};

}  // namespace

std::span<const Row> index_rows() { return kIndexRows; }

}  // namespace tenon::onnx
