// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Interval arithmetic over shape expressions.
#include "builder/extents.h"

#include <algorithm>
#include <array>

#include "expr/program.h"
#include "expr/requirement.h"

namespace tenon::builder {

namespace {

using expr::Expr;
using expr::Op;

/// What helps where numbers of shape inputs may be too much.
constexpr const char* kNarrower =
    " (give shape inputs narrower ranges of values, and -1 three times where it is always -1)";

/// Bounds of an operation that rises or falls in each operand: they lie at the corners.
std::optional<Interval> at_corners(Op op, const Interval& a, const Interval& b) {
  std::array<int64_t, 4> corners{};
  size_t at = 0;
  for (const int64_t x : {a.low, a.high}) {
    for (const int64_t y : {b.low, b.high}) {
      const std::optional<int64_t> value = expr::apply(op, x, y);
      if (!value) return std::nullopt;
      corners[at++] = *value;
    }
  }
  const auto [low, high] = std::minmax_element(corners.begin(), corners.end());
  return Interval{*low, *high};
}

std::optional<Interval> combine(Op op, const Interval& a, Interval b) {
  switch (op) {
    case Op::Equal:
      if (a.high < b.low || b.high < a.low) return Interval{0, 0};
      if (a.low == a.high && a == b) return Interval{1, 1};
      return Interval{0, 1};
    case Op::FloorDiv:
    case Op::CeilDiv:
      // In a shape that can occur no divisor is zero or negative.
      b = {std::max<int64_t>(b.low, 1), std::max<int64_t>(b.high, 1)};
      return at_corners(op, a, b);
    default:
      return at_corners(op, a, b);
  }
}

}  // namespace

std::optional<Interval> bounds(const Expr& e, std::span<const std::optional<Interval>> symbols) {
  if (e.is_constant()) return Interval{e.constant(), e.constant()};
  if (e.is_symbol()) {
    return e.symbol_id() < symbols.size() ? symbols[e.symbol_id()] : std::nullopt;
  }
  const std::optional<Interval> a = bounds(e.lhs(), symbols);
  const std::optional<Interval> b = bounds(e.rhs(), symbols);
  if (!a || !b) return std::nullopt;
  return combine(e.op(), *a, *b);
}

void Extents::learn(size_t profile, const Expr& e, int64_t min, int64_t opt, int64_t max) {
  if (!e.is_symbol()) return;
  profiles_[profile][e.symbol_id()] = Interval{min, max};
  if (profile != 0) return;
  opt_[e.symbol_id()] = room_[e.symbol_id()] = opt;
  known_[e.symbol_id()] = true;
}

Extents::Extents(const ir::Graph& graph, const std::vector<ProfileRanges>& profiles)
    : graph_(&graph),
      profiles_(profiles.size(), std::vector<std::optional<Interval>>(graph.symbols().size())),
      opt_(graph.symbols().size(), 0),
      room_(graph.symbols().size(), 0),
      known_(graph.symbols().size(), false) {
  for (size_t p = 0; p < profiles.size(); ++p) {
    for (size_t i = 0; i < graph.inputs().size(); ++i) {
      learn_input(p, graph.inputs()[i]->type, profiles[p].inputs[i]);
    }
    for (expr::SymbolId id = 0; id < graph.symbols().size(); ++id) {
      const expr::Symbol& symbol = graph.symbols()[id];
      if (!symbol.data_dependent()) continue;
      // A rule that ran before may have left symbols behind that no longer follow from anything.
      const std::optional<Interval> upper = bounds(*symbol.upper, profiles_[p]);
      if (!upper || upper->high < 0) continue;
      const int64_t expected = this->opt(*symbol.opt).value_or(upper->high);
      learn(p, Expr::symbol(id), 0, std::clamp<int64_t>(expected, 0, upper->high), upper->high);
      if (p == 0) room_[id] = expr::evaluate(*symbol.upper, room_).value_or(upper->high);
    }
  }
}

void Extents::learn_input(size_t profile, const ops::TensorType& type, const InputRange& range) {
  for (int axis = 0; axis < range.opt.rank(); ++axis) {
    learn(profile, type.shape[static_cast<size_t>(axis)], range.min[axis], range.opt[axis],
          range.max[axis]);
  }
  for (size_t at = 0; at < range.opt_values.size(); ++at) {
    learn(profile, (*type.content)[at], range.min_values[at], range.opt_values[at],
          range.max_values[at]);
  }
}

std::optional<int64_t> Extents::opt(const Expr& e) const {
  for (expr::SymbolId id = 0; id < known_.size(); ++id) {
    if (!known_[id] && expr::mentions(e, id)) return std::nullopt;
  }
  return expr::evaluate(e, opt_);
}

std::optional<Dims> Extents::room(const expr::Shape& shape) const {
  Dims room;
  bool found_out = false;
  for (const Expr& extent : shape) {
    for (expr::SymbolId id = 0; id < known_.size() && !found_out; ++id) {
      found_out = graph_->symbols()[id].data_dependent() && expr::mentions(extent, id);
    }
    const std::optional<int64_t> value = expr::evaluate(extent, room_);
    if (!value) return std::nullopt;
    room.push_back(*value);
  }
  return found_out ? std::optional(room) : std::nullopt;
}

std::vector<Dims> Extents::each(const expr::Shape& shape) const {
  std::vector<Dims> all;
  for (const auto& symbols : profiles_) {
    Dims& dims = all.emplace_back();
    for (const Expr& extent : shape) {
      const std::optional<Interval> one = bounds(extent, symbols);
      if (!one || one->low != one->high) return {};
      dims.push_back(one->low);
    }
  }
  return all;
}

bool Extents::tells_elements(const expr::Shape& shape) const {
  return std::ranges::any_of(
      shape, [&](const Expr& e) { return expr::mentions_element(e, graph_->symbols()); });
}

Result<ExtentRange> Extents::of(const expr::Shape& shape, std::string_view tensor,
                                Diagnostics& diag) const {
  ExtentRange range;
  if (shape.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return diag.fail(Code::Unsupported, "tensor \"{}\" has {} axes, at most {} are supported",
                     tensor, shape.size(), int{Dims::kMaxRank});
  }
  for (const Expr& extent : shape) {
    Interval all{INT64_MAX, 0};
    for (const auto& symbols : profiles_) {
      const std::optional<Interval> one = bounds(extent, symbols);
      if (!one || one->high < 0) {
        return diag.fail(Code::InvalidModel,
                         "the extent {} of tensor \"{}\" {} for the ranges of the profiles{}",
                         expr::to_string(extent, graph_->symbols()), tensor,
                         one ? "is negative" : "cannot be computed",
                         tells_elements(shape) ? kNarrower : "");
      }
      all = {std::min(all.low, std::max<int64_t>(one->low, 0)), std::max(all.high, one->high)};
    }
    const std::optional<int64_t> opt_value = opt(extent);
    if (!opt_value || *opt_value < 0) {
      const auto code = expr::compile(extent);
      const auto unmet = code ? expr::unmet(*code, opt_) : std::nullopt;
      return diag.fail(
          Code::InvalidModel,
          "the opt shapes and values of the first profile do not suit tensor \"{}\": {}", tensor,
          unmet ? expr::to_string(*unmet)
                : fmt::format(
                      "the extent {} {}", expr::to_string(extent, graph_->symbols()),
                      opt_value ? fmt::format("would be {}", *opt_value) : "cannot be computed"));
    }
    range.min.push_back(std::min(all.low, *opt_value));
    range.opt.push_back(*opt_value);
    range.max.push_back(std::max(all.high, *opt_value));
  }
  // Far beyond any memory, and so small that bytes, padding and offsets stay numbers.
  const bool told = tells_elements(shape);
  const int bits = told ? 32 : 48;
  if (!volume_within(range.max, int64_t{1} << bits)) {
    return diag.fail(
        Code::Unsupported,
        "tensor \"{}\" has up to {} elements, more than 2^{}: bound its extents in the "
        "profiles{}",
        tensor, to_string(range.max), bits, told ? kNarrower : "");
  }
  return range;
}

}  // namespace tenon::builder
