// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that pick elements.
#include <algorithm>

#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

using expr::Expr;

/// One axis of a StridedSlice.
struct Range {
  Expr start, size;
};

/// Elements `begin` to `end`, counted as in Python; `open` ends are the axis' own.
Result<Range> range_of(Context& node, int64_t begin, int64_t end, int64_t step, const Expr& extent,
                       bool open_begin, bool open_end) {
  if (!extent.is_constant()) {
    if (open_begin && open_end && step == 1) return Range{0, extent};
    return node.fail(Code::Unsupported, "slices an axis of dynamic extent: fix it");
  }
  const int64_t size = extent.constant();
  const auto place = [&](int64_t at) {
    at = at < 0 ? at + size : at;
    return step > 0 ? std::clamp<int64_t>(at, 0, size) : std::clamp<int64_t>(at, -1, size - 1);
  };
  int64_t from = place(begin), to = place(end);
  if (open_begin) from = step > 0 ? 0 : size - 1;
  if (open_end) to = step > 0 ? size : -1;
  const int64_t distance = step > 0 ? to - from : from - to;
  const int64_t stride = std::abs(step);
  const int64_t count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  return Range{count == 0 ? 0 : from, count};
}

struct Masks {
  int64_t begin = 0, end = 0, shrink = 0;
};

bool bit(int64_t mask, size_t at) { return at < 63 && (mask >> at & 1) != 0; }

/// Fills `op`, and `gone` with the axes of which one element is picked.
Status read_ranges(Context& node, const ir::Value& x, const Masks& masks, ops::Slice& op,
                   Dims& gone) {
  TENON_ASSIGN(const std::vector<int64_t> begins, node.numbers(1, "where slices begin"));
  TENON_ASSIGN(const std::vector<int64_t> ends, node.numbers(2, "where slices end"));
  TENON_ASSIGN(const std::vector<int64_t> steps, node.numbers(3, "the strides"));
  const size_t count = begins.size();
  if (ends.size() != count || steps.size() != count || count > x.shape().size()) {
    return node.fail(Code::InvalidModel,
                     "has {} begins, {} ends and {} strides for an input of rank {}", count,
                     ends.size(), steps.size(), x.shape().size());
  }
  for (size_t i = 0; i < count; ++i) {
    const bool one = bit(masks.shrink, i);
    const int64_t step = one ? 1 : steps[i];
    if (step == 0 || std::abs(step) > INT32_MAX) {
      return node.fail(Code::InvalidModel, "the stride of axis {} is {}", i, step);
    }
    const bool last = one && begins[i] == -1;
    TENON_ASSIGN(const Range range,
                 range_of(node, begins[i], one ? begins[i] + 1 : ends[i], step, x.shape()[i],
                          !one && bit(masks.begin, i), last || (!one && bit(masks.end, i))));
    if (one && !(range.size == Expr(1))) {
      return node.fail(Code::InvalidModel, "element {} of axis {} does not exist", begins[i], i);
    }
    op.starts[i] = range.start;
    op.sizes[i] = range.size;
    op.steps[static_cast<int>(i)] = step;
    if (one) gone.push_back(static_cast<int64_t>(i));
  }
  return {};
}

Status import_strided_slice(Context& node) {
  TENON_TRY(node.expect_inputs(4));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  Masks masks;
  TENON_ASSIGN(masks.begin, node.integer("begin_mask", 0));
  TENON_ASSIGN(masks.end, node.integer("end_mask", 0));
  TENON_ASSIGN(masks.shrink, node.integer("shrink_axis_mask", 0));
  const size_t rank = x->shape().size();
  ops::Slice op{expr::Shape(rank, 0), x->shape(), Dims::filled(static_cast<int>(rank), 1)};
  Dims gone;
  TENON_TRY(read_ranges(node, *x, masks, op, gone));
  if (gone.rank() == 0) return node.finish(std::move(op), {x});
  TENON_ASSIGN(ir::Value * part, node.add(std::move(op), {x}, "part"));
  return node.finish(ops::Squeeze{gone}, {part});
}

Status import_gather(Context& node) {
  TENON_TRY(node.expect_inputs(2));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(ir::Value * indices, node.in(1));
  TENON_ASSIGN(const int64_t given, node.integer("axis", 0));
  TENON_ASSIGN(const int64_t axis,
               node.normal_axis(given, static_cast<int64_t>(x->shape().size())));
  return node.finish(ops::Gather{axis}, {x, indices});
}

constexpr Row kIndexRows[] = {
    {"Gather", import_gather},
    {"GatherV2", import_gather},
    {"StridedSlice", import_strided_slice},
};

}  // namespace

std::span<const Row> index_rows() { return kIndexRows; }

}  // namespace tenon::uff
