// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that order, join and pad elements.
#include <algorithm>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

Status import_transpose(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(std::vector<int64_t> perm, node.integers("perm"));
  if (!node.has_attribute("perm")) {
    for (int64_t axis = node.rank(0) - 1; axis >= 0; --axis) perm.push_back(axis);
  }
  for (int64_t& axis : perm) {
    TENON_ASSIGN(axis, node.normal_axis(axis, node.rank(0)));
  }
  TENON_ASSIGN(const Dims dims, node.dims(perm, "attribute perm"));
  return node.finish(ops::Transpose{dims}, {node.in(0)});
}

Status import_concat(Context& node) {
  const size_t count = node.inputs().size();
  TENON_TRY(node.expect_inputs(std::max<size_t>(count, 1), count));
  if (node.opset() >= 4) TENON_TRY(node.expect_attribute("axis"));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  return node.finish(ops::Concat{axis}, node.inputs());
}

/// The pads of the axes that are named (all, when none are), as begins and ends of all axes.
Status spread_pads(Context& node, const std::vector<int64_t>& pads,
                   const std::vector<int64_t>& axes, ops::Pad& op) {
  const int64_t rank = node.rank(0);
  op.begin = op.end = Dims::filled(static_cast<int>(rank), 0);
  if (pads.size() != 2 * axes.size()) {
    return node.fail(Code::InvalidModel, "{} pads are given for {} axes, but each takes two",
                     pads.size(), axes.size());
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[i], rank));
    for (const int64_t pad : {pads[i], pads[i + axes.size()]}) {
      if (pad > INT32_MAX || pad < INT32_MIN) {
        return node.fail(Code::InvalidModel, "a pad of {} elements is too large", pad);
      }
    }
    op.begin[static_cast<int>(axis)] = pads[i];
    op.end[static_cast<int>(axis)] = pads[i + axes.size()];
  }
  return {};
}

Result<ops::PadMode> read_mode(Context& node) {
  TENON_ASSIGN(const size_t mode, node.choice("mode", "constant", {"constant", "reflect", "edge"}));
  constexpr ops::PadMode kModes[] = {ops::PadMode::Constant, ops::PadMode::Reflect,
                                     ops::PadMode::Edge};
  return kModes[mode];
}

std::vector<int64_t> all_axes(const Context& node) {
  std::vector<int64_t> axes;
  for (int64_t axis = 0; axis < node.rank(0); ++axis) axes.push_back(axis);
  return axes;
}

Status import_pad_1(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const std::string_view attribute = node.opset() < 2 ? "paddings" : "pads";
  TENON_TRY(node.expect_attribute(attribute));
  TENON_ASSIGN(const std::vector<int64_t> pads, node.integers(attribute));
  ops::Pad op;
  TENON_TRY(spread_pads(node, pads, all_axes(node), op));
  TENON_ASSIGN(op.mode, read_mode(node));
  TENON_ASSIGN(op.value, node.real("value", 0));
  return node.finish(op, {node.in(0)});
}

/// Puts `size` equal elements before or behind `x` along an axis.
Result<ir::Value*> extend(Context& node, ir::Value* x, size_t axis, const Expr& size, bool before,
                          ir::Value* value) {
  if (size == Expr(0)) return x;
  const std::string where = fmt::format("{}_{}", before ? "before" : "behind", axis);
  expr::Shape shape = x->shape();
  shape[axis] = size;
  TENON_ASSIGN(ir::Value * added, node.add(ops::Expand{std::move(shape)}, {value}, where));
  std::vector<ir::Value*> parts{x, added};
  if (before) std::swap(parts[0], parts[1]);
  return node.add(ops::Concat{static_cast<int64_t>(axis)}, std::move(parts),
                  fmt::format("with_{}", where));
}

/// Pads whose sizes follow from shapes and shape inputs: what is added is joined to the input, so
/// that a run refuses a negative one.
Status pad_openly(Context& node, const ops::Content& pads, const std::vector<int64_t>& axes,
                  const ops::Pad& how) {
  if (how.mode != ops::PadMode::Constant) {
    return node.fail(Code::Unsupported,
                     "input 1 (\"{}\", the pads) is known only in a run, which mode constant alone "
                     "can do: make it a constant",
                     node.in(1)->name);
  }
  if (pads.size() != 2 * axes.size()) {
    return node.fail(Code::InvalidModel, "{} pads are given for {} axes", pads.size(), axes.size());
  }
  TENON_ASSIGN(ir::Value * value,
               node.scalar(node.dtype(0), static_cast<double>(how.value), "value"));
  ir::Value* x = node.in(0);
  for (size_t i = 0; i < axes.size(); ++i) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[i], node.rank(0)));
    const auto at = static_cast<size_t>(axis);
    for (const Expr& size : {pads[i], pads[i + axes.size()]}) {
      if (!size.is_constant() || size.constant() >= 0) continue;
      return node.fail(Code::Unsupported, "pads by {} beside pads that only a run knows: slice",
                       size.constant());
    }
    TENON_ASSIGN(x, extend(node, x, at, pads[i], true, value));
    TENON_ASSIGN(x, extend(node, x, at, pads[i + axes.size()], false, value));
  }
  return node.finish(ops::Identity{}, {x});
}

Status import_pad_11(Context& node) {
  TENON_TRY(node.expect_inputs(2, 4));
  TENON_ASSIGN(const ops::Content pads, node.extents(1, "the pads"));
  std::vector<int64_t> axes = all_axes(node);
  if (node.has(3)) {
    TENON_ASSIGN(axes, node.numbers(3, "the axes"));
  }
  ops::Pad op;
  TENON_ASSIGN(op.mode, read_mode(node));
  if (node.has(2)) {
    TENON_ASSIGN(const ops::ConstantData* value, node.constant(2, "the value to pad with"));
    if (value->count() > 0) op.value = static_cast<float>(value->real(0));
  }
  if (!std::ranges::all_of(pads, [](const Expr& e) { return e.is_constant(); })) {
    return pad_openly(node, pads, axes, op);
  }
  std::vector<int64_t> numbers;
  for (const Expr& e : pads) numbers.push_back(e.constant());
  TENON_TRY(spread_pads(node, numbers, axes, op));
  return node.finish(op, {node.in(0)});
}

/// N, C, H, W and the square of the block size; the block size itself.
struct Blocks {
  Expr n, c, h, w;
  int64_t size = 1;
};

Result<Blocks> read_blocks(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_rank(0, 4));
  TENON_TRY(node.expect_attribute("blocksize"));
  TENON_ASSIGN(const int64_t size, node.integer("blocksize", 1));
  if (size < 1 || size > INT16_MAX) {
    return node.fail(Code::InvalidModel, "attribute blocksize is {}", size);
  }
  const expr::Shape& x = node.shape(0);
  return Blocks{x[0], x[1], x[2], x[3], size};
}

/// Refuses unless `whole` divides `extent`, as far as can be told.
Status expect_divides(Context& node, const Expr& extent, int64_t whole, std::string_view what) {
  if (!extent.is_constant() || extent.constant() % whole == 0) return {};
  return node.fail(Code::InvalidModel, "{} {} cannot be divided by {}", extent.constant(), what,
                   whole);
}

/// Reshape, transpose, reshape.
Status rearrange(Context& node, expr::Shape apart, const Dims& perm, expr::Shape together) {
  TENON_ASSIGN(ir::Value * split, node.add(ops::Reshape{std::move(apart)}, {node.in(0)}, "apart"));
  TENON_ASSIGN(ir::Value * ordered, node.add(ops::Transpose{perm}, {split}, "ordered"));
  return node.finish(ops::Reshape{std::move(together)}, {ordered});
}

Status import_depth_to_space(Context& node) {
  TENON_ASSIGN(const Blocks x, read_blocks(node));
  TENON_ASSIGN(const size_t columns_first, node.choice("mode", "DCR", {"DCR", "CRD"}));
  const Expr b = x.size;
  TENON_TRY(expect_divides(node, x.c, x.size * x.size, "channels"));
  const Expr depth = expr::floor_div(x.c, b * b);
  expr::Shape together{x.n, depth, x.h * b, x.w * b};
  if (columns_first == 1) {
    return rearrange(node, {x.n, depth, b, b, x.h, x.w}, {0, 1, 4, 2, 5, 3}, std::move(together));
  }
  return rearrange(node, {x.n, b, b, depth, x.h, x.w}, {0, 3, 4, 1, 5, 2}, std::move(together));
}

Status import_space_to_depth(Context& node) {
  TENON_ASSIGN(const Blocks x, read_blocks(node));
  const Expr b = x.size;
  TENON_TRY(expect_divides(node, x.h, x.size, "rows"));
  TENON_TRY(expect_divides(node, x.w, x.size, "columns"));
  const Expr h = expr::floor_div(x.h, b), w = expr::floor_div(x.w, b);
  return rearrange(node, {x.n, x.c, h, b, w, b}, {0, 3, 5, 1, 2, 4}, {x.n, x.c * b * b, h, w});
}

constexpr Row kLayoutRows[] = {
    {"Concat", 1, kNoEnd, import_concat},
    {"DepthToSpace", 1, kNoEnd, import_depth_to_space},
    {"Pad", 1, 10, import_pad_1},
    {"Pad", 11, kNoEnd, import_pad_11},
    {"SpaceToDepth", 1, kNoEnd, import_space_to_depth},
    {"Transpose", 1, kNoEnd, import_transpose},
};

}  // namespace

std::span<const Row> layout_rows() { return kLayoutRows; }

}  // namespace tenon::onnx
