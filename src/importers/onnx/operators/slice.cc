// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slice and Split: parts of a tensor.
#include <algorithm>

#include "expr/requirement.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

using Symbols = expr::SymbolTable;

Expr at_least(const Expr& e, int64_t least, const Symbols& symbols) {
  return least == 0 && expr::never_negative(e, symbols) ? e : expr::max(e, least);
}

/// `position` counted from the front of an axis of `extent` elements and kept in `least` …
/// extent + past.
Expr clamped(const Expr& position, const Expr& extent, int64_t least, int64_t past,
             const Symbols& symbols) {
  constexpr int64_t kFar = INT32_MAX;  // exporters write "to the end" as this or more
  const Expr most = extent + past;
  if (position.is_constant()) {
    const int64_t number = position.constant();
    if (number >= kFar) return at_least(most, least, symbols);
    if (number < 0) {
      return number <= -kFar ? Expr(least) : at_least(extent + number, least, symbols);
    }
    if (number <= least) return least;
    return expr::min(number, most);
  }
  if (position == extent) return at_least(most, least, symbols);
  if (expr::never_negative(position, symbols)) return expr::min(position, most);
  const Expr from_end = position + extent * combine(expr::Op::Less, position, 0);
  return expr::min(at_least(from_end, least, symbols), most);
}

/// One axis of a Slice.
struct Range {
  Expr start, size;
};

/// With usual ends of dynamic axes said as simply as can be.
Range range_of(const Expr& start, const Expr& end, int64_t step, const Expr& extent,
               const Symbols& symbols) {
  if (step > 0) {
    const bool to_end = end == extent || (end.is_constant() && end.constant() >= INT32_MAX);
    if (to_end && start.is_constant() && start.constant() < 0 && start.constant() > -INT32_MAX) {
      const Expr count = expr::min(extent, -start.constant());
      return {extent - count, expr::ceil_div(count, step)};
    }
    if (to_end && start.is_constant() && start.constant() < INT32_MAX) {
      const int64_t first = std::max<int64_t>(start.constant(), 0);
      return {first == 0 ? Expr(0) : expr::min(extent, first),
              expr::ceil_div(at_least(extent - first, 0, symbols), step)};
    }
    const Expr first = clamped(start, extent, 0, 0, symbols),
               last = clamped(end, extent, 0, 0, symbols);
    return {first, expr::ceil_div(at_least(last - first, 0, symbols), step)};
  }
  const Expr first = clamped(start, extent, 0, -1, symbols),
             last = clamped(end, extent, -1, -1, symbols);
  return {first, expr::ceil_div(at_least(first - last, 0, symbols), -step)};
}

Status slice(Context& node, const ops::Content& starts, const ops::Content& ends,
             std::vector<int64_t> axes, std::vector<int64_t> steps) {
  const int64_t rank = node.rank(0);
  if (axes.empty()) {
    for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    return node.fail(Code::InvalidModel,
                     "{} starts, {} ends, {} axes and {} steps are given, but their number must be "
                     "the same",
                     starts.size(), ends.size(), axes.size(), steps.size());
  }
  ops::Slice op{expr::Shape(static_cast<size_t>(rank), 0), node.shape(0),
                Dims::filled(static_cast<int>(rank), 1)};
  for (size_t i = 0; i < axes.size(); ++i) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[i], rank));
    if (steps[i] == 0) return node.fail(Code::InvalidModel, "the step of axis {} is 0", axis);
    const int64_t step = std::clamp<int64_t>(steps[i], -INT32_MAX, INT32_MAX);
    const auto at = static_cast<size_t>(axis);
    const Range range =
        range_of(starts[i], ends[i], step, node.shape(0)[at], node.session().graph.symbols());
    op.starts[at] = range.start;
    op.sizes[at] = range.size;
    op.steps[static_cast<int>(axis)] = step;
  }
  return node.finish(std::move(op), {node.in(0)});
}

Status import_slice_1(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_attribute("starts"));
  TENON_TRY(node.expect_attribute("ends"));
  TENON_ASSIGN(const std::vector<int64_t> starts, node.integers("starts"));
  TENON_ASSIGN(const std::vector<int64_t> ends, node.integers("ends"));
  TENON_ASSIGN(std::vector<int64_t> axes, node.integers("axes"));
  return slice(node, {starts.begin(), starts.end()}, {ends.begin(), ends.end()}, std::move(axes),
               {});
}

Status import_slice_10(Context& node) {
  TENON_TRY(node.expect_inputs(3, 5));
  TENON_ASSIGN(const ops::Content starts, node.extents(1, "the starts"));
  TENON_ASSIGN(const ops::Content ends, node.extents(2, "the ends"));
  std::vector<int64_t> axes, steps;
  if (node.has(3)) {
    TENON_ASSIGN(axes, node.numbers(3, "the axes"));
  }
  if (node.has(4)) {
    TENON_ASSIGN(steps, node.numbers(4, "the steps"));
  }
  return slice(node, starts, ends, std::move(axes), std::move(steps));
}

/// Extents of the parts: given, or as equal as can be.
Result<ops::Content> read_parts(Context& node, const Expr& extent) {
  const auto count = static_cast<int64_t>(node.output_count());
  if (node.has(1)) return node.extents(1, "the sizes of the parts");
  TENON_ASSIGN(const std::vector<int64_t> given, node.integers("split"));
  if (node.opset() < 13 && !given.empty()) return ops::Content(given.begin(), given.end());
  TENON_ASSIGN(const int64_t declared, node.integer("num_outputs", count));
  if (declared != count || count == 0) {
    return node.fail(Code::InvalidModel, "has {} outputs, but num_outputs is {}", count, declared);
  }
  const bool even = !extent.is_constant() || extent.constant() % count == 0;
  if (!even && !node.has_attribute("num_outputs")) {
    return node.fail(Code::InvalidModel, "an extent of {} cannot be split into {} equal parts",
                     extent.constant(), count);
  }
  // From opset 18 on the last part may be smaller.
  const Expr part = even ? expr::floor_div(extent, count) : expr::ceil_div(extent, count);
  ops::Content parts(static_cast<size_t>(count), part);
  if (!even) parts.back() = extent - part * (count - 1);
  return parts;
}

Status import_split(Context& node) {
  TENON_TRY(node.expect_inputs(1, 2));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 0, node.rank(0)));
  const auto at = static_cast<size_t>(axis);
  const Expr extent = node.shape(0)[at];
  TENON_ASSIGN(ops::Content parts, read_parts(node, extent));
  if (parts.size() != node.output_count()) {
    return node.fail(Code::InvalidModel, "has {} outputs, but sizes for {} parts",
                     node.output_count(), parts.size());
  }
  Expr sum = 0;
  for (const Expr& part : parts) {
    if (part.is_constant() && part.constant() < 0) {
      return node.fail(Code::InvalidModel, "a part has the negative size {}", part.constant());
    }
    sum = sum + part;
  }
  if (sum.is_constant() && extent.is_constant() && !(sum == extent)) {
    return node.fail(Code::InvalidModel, "the parts have {} elements along axis {} of extent {}",
                     sum.constant(), axis, extent.constant());
  }
  const expr::SymbolTable& symbols = node.session().graph.symbols();
  if (!parts.empty() && expr::mentions_element(sum, symbols)) {
    parts.back() = expr::required(parts.back(), expr::Need::Elements, sum, extent);
  }
  Expr start = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    ops::Slice op{expr::Shape(node.shape(0).size(), 0), node.shape(0),
                  Dims::filled(static_cast<int>(node.rank(0)), 1)};
    op.starts[at] = start;
    op.sizes[at] = parts[i];
    TENON_ASSIGN(ir::Value * part, node.add(std::move(op), {node.in(0)}, fmt::format("{}", i)));
    TENON_TRY(node.output(i, part));
    start = start + parts[i];
  }
  return {};
}

constexpr Row kSliceRows[] = {
    {"Slice", 1, 9, import_slice_1},
    {"Slice", 10, kNoEnd, import_slice_10},
    {"Split", 1, kNoEnd, import_split},
};

}  // namespace

std::span<const Row> slice_rows() { return kSliceRows; }

}  // namespace tenon::onnx
