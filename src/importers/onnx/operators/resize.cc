// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing. Of what is no image of f32, by the nearest element along axes of known extent: a Gather
// each; else the operator.
#include "ops/resize.h"

#include <cmath>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;
using ops::Coordinates;
using ops::ResizeMode;
using ops::Rounding;

/// What the node says, spread over all axes.
struct Plan {
  ops::Resize op;              ///< without scales and target
  std::vector<double> scales;  ///< given ones; empty where extents are
  ops::Content extents;        ///< wished ones; empty where scales are given
};

double ratio(int64_t to, int64_t from) {
  return static_cast<double>(to) / static_cast<double>(from);
}

/// Whether every element of a dynamic axis is repeated, as whole factors do in the usual modes.
bool repeats(const Plan& plan, double scale) {
  const bool usual =
      (plan.op.coordinates == Coordinates::Asymmetric && plan.op.rounding == Rounding::Floor) ||
      (plan.op.coordinates == Coordinates::HalfPixel &&
       (plan.op.rounding == Rounding::HalfDown || plan.op.rounding == Rounding::HalfUp));
  return usual && scale >= 1 && scale == std::floor(scale) && scale <= INT16_MAX;
}

Result<ir::Value*> repeat(Context& node, double scale, ir::Value* x, size_t axis) {
  const Expr times = static_cast<int64_t>(scale);
  const expr::Shape shape = x->shape();
  expr::Shape apart = shape, joined = shape;
  const auto at = static_cast<std::ptrdiff_t>(axis);
  apart.insert(apart.begin() + at + 1, Expr(1));
  expr::Shape copies = apart;
  copies[axis + 1] = times;
  joined[axis] = shape[axis] * times;
  TENON_ASSIGN(x, node.add(ops::Reshape{std::move(apart)}, {x}, fmt::format("apart_{}", axis)));
  TENON_ASSIGN(x, node.add(ops::Expand{std::move(copies)}, {x}, fmt::format("copies_{}", axis)));
  return node.add(ops::Reshape{std::move(joined)}, {x}, fmt::format("axis_{}", axis));
}

/// The nearest elements of an axis of known extents.
Result<ir::Value*> pick(Context& node, const Plan& plan, ir::Value* x, size_t axis, int64_t to) {
  constexpr int64_t kMost = int64_t{1} << 24;
  const int64_t from = x->shape()[axis].constant();
  if (to < 0 || to > kMost) {
    return node.fail(Code::InvalidModel, "axis {} of extent {} cannot get extent {}", axis, from,
                     to);
  }
  const double scale = plan.scales.empty() ? ratio(to, from) : plan.scales[axis];
  std::vector<double> places;
  for (int64_t i = 0; i < to; ++i) {
    const double coordinate = ops::resize_coordinate(plan.op, i, scale, from, to);
    places.push_back(static_cast<double>(ops::nearest_element(plan.op.rounding, coordinate, from)));
  }
  ir::Value* indices = node.add_constant(make_constant(DType::I64, Dims{to}, places),
                                         fmt::format("places_{}", axis));
  return node.add(ops::Gather{static_cast<int64_t>(axis)}, {x, indices},
                  fmt::format("axis_{}", axis));
}

/// The output's shape. Refuses a scale that gives none.
Result<expr::Shape> target_of(Context& node, const Plan& plan) {
  if (plan.scales.empty()) return expr::Shape(plan.extents.begin(), plan.extents.end());
  expr::Shape target;
  for (size_t axis = 0; axis < plan.scales.size(); ++axis) {
    const double scale = plan.scales[axis];
    if (!(scale > 0)) return node.fail(Code::InvalidModel, "{} is no scale", scale);
    const auto extent = ops::scaled_extent(node.shape(0)[axis], scale);
    if (!extent) {
      return node.fail(Code::Unsupported,
                       "axis {} cannot be scaled by {}: its extent is dynamic and the scale no "
                       "simple fraction, or the result is no extent",
                       axis, scale);
    }
    target.push_back(*extent);
  }
  return target;
}

/// Whether the axis is left alone.
bool stays(const Plan& plan, const Expr& from, const Expr& to, size_t axis) {
  return plan.scales.empty() ? from == to : plan.scales[axis] == 1;
}

/// Whether only the last two axes change, of numbers that kernels resize as they are.
bool is_image(Context& node, const Plan& plan, const expr::Shape& target) {
  const expr::Shape& from = node.shape(0);
  if (node.in(0)->dtype() != DType::F32 || from.size() < 3) return false;
  bool changes = false;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    const bool stay = stays(plan, from[axis], target[axis], axis);
    if (!stay && axis + 2 < from.size()) return false;
    changes = changes || !stay;
  }
  return changes;
}

Status resize(Context& node, Plan plan) {
  const expr::Shape from = node.shape(0);
  const size_t given = plan.scales.empty() ? plan.extents.size() : plan.scales.size();
  if (given != from.size()) {
    return node.fail(Code::InvalidModel, "{} scales or sizes are given for an input of rank {}",
                     given, node.rank(0));
  }
  TENON_ASSIGN(expr::Shape target, target_of(node, plan));
  bool moves_only = plan.op.mode == ResizeMode::Nearest && !is_image(node, plan, target);
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (stays(plan, from[axis], target[axis], axis)) continue;
    const bool known =
        from[axis].is_constant() && target[axis].is_constant() && from[axis].constant() > 0;
    moves_only =
        moves_only && (known || (!plan.scales.empty() && repeats(plan, plan.scales[axis])));
  }
  if (!moves_only) {
    for (const double scale : plan.scales) plan.op.scales.push_back({static_cast<float>(scale)});
    plan.op.target = std::move(target);
    return node.finish(std::move(plan.op), {node.in(0)});
  }
  ir::Value* x = node.in(0);
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (stays(plan, from[axis], target[axis], axis)) continue;
    if (from[axis].is_constant()) {
      TENON_ASSIGN(x, pick(node, plan, x, axis, target[axis].constant()));
    } else {
      TENON_ASSIGN(x, repeat(node, plan.scales[axis], x, axis));
    }
  }
  if (x == node.in(0)) return node.finish(ops::Identity{}, {x});
  return node.output(0, x);
}

Result<std::vector<double>> reals_of(Context& node, size_t i, std::string_view what) {
  TENON_ASSIGN(const ops::ConstantData* data, node.constant(i, what));
  std::vector<double> values;
  for (int64_t k = 0; k < data->count(); ++k) values.push_back(data->real(k));
  return values;
}

Result<ResizeMode> read_mode(Context& node) {
  const bool cubic = node.opset() >= 11;
  TENON_ASSIGN(const size_t mode,
               cubic ? node.choice("mode", "nearest", {"nearest", "linear", "cubic"})
                     : node.choice("mode", "nearest", {"nearest", "linear"}));
  return static_cast<ResizeMode>(mode);
}

/// Upsample, and Resize of opset 10: element i falls on i / scale.
Status import_upsample(Context& node) {
  Plan plan;
  TENON_ASSIGN(plan.op.mode, read_mode(node));
  if (node.opset() < 9) {
    TENON_TRY(node.expect_inputs(1, 1));
    TENON_TRY(node.expect_attribute("scales"));
    TENON_ASSIGN(const std::vector<float> scales, node.reals("scales"));
    plan.scales.assign(scales.begin(), scales.end());
  } else {
    TENON_TRY(node.expect_inputs(2, 2));
    TENON_ASSIGN(plan.scales, reals_of(node, 1, "the scales"));
  }
  return resize(node, std::move(plan));
}

/// Spreads entries for the named axes over all of them.
template <class T>
Status spread_axes(Context& node, std::vector<T>& entries, T otherwise) {
  if (!node.has_attribute("axes")) return {};
  TENON_ASSIGN(const std::vector<int64_t> axes, node.integers("axes"));
  if (axes.size() != entries.size()) {
    return node.fail(Code::InvalidModel, "{} axes are named, but {} scales or sizes are given",
                     axes.size(), entries.size());
  }
  std::vector<T> all(static_cast<size_t>(node.rank(0)), otherwise);
  for (size_t i = 0; i < axes.size(); ++i) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[i], node.rank(0)));
    all[static_cast<size_t>(axis)] = entries[i];
  }
  entries = std::move(all);
  return {};
}

/// -1 stands for an axis that is not named.
Status read_sizes(Context& node, Plan& plan) {
  TENON_ASSIGN(plan.extents, node.extents(3, "the new extents"));
  TENON_TRY(spread_axes<Expr>(node, plan.extents, Expr(-1)));
  if (plan.extents.size() != node.shape(0).size()) return {};  // refused with the count
  for (size_t axis = 0; axis < plan.extents.size(); ++axis) {
    if (plan.extents[axis] == Expr(-1)) plan.extents[axis] = node.shape(0)[axis];
  }
  return {};
}

Status read_coordinates(Context& node, ops::Resize& op) {
  TENON_ASSIGN(const size_t coordinates,
               node.choice("coordinate_transformation_mode", "half_pixel",
                           {"asymmetric", "half_pixel", "align_corners", "tf_half_pixel_for_nn",
                            "half_pixel_symmetric", "pytorch_half_pixel"}));
  constexpr size_t kPytorch = 5;
  op.single_first = coordinates == kPytorch;
  op.coordinates = op.single_first ? Coordinates::HalfPixel : static_cast<Coordinates>(coordinates);
  TENON_ASSIGN(const size_t rounding,
               node.choice("nearest_mode", "round_prefer_floor",
                           {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"}));
  op.rounding = static_cast<Rounding>(rounding);
  return {};
}

Status import_resize_11(Context& node) {
  TENON_TRY(node.expect_inputs(1, 4));
  Plan plan;
  TENON_ASSIGN(plan.op.mode, read_mode(node));
  TENON_TRY(read_coordinates(node, plan.op));
  TENON_ASSIGN(plan.op.cubic_coefficient, node.real("cubic_coeff_a", -0.75F));
  TENON_ASSIGN(const int64_t exclude, node.integer("exclude_outside", 0));
  plan.op.exclude_outside = exclude != 0;
  TENON_ASSIGN(const int64_t antialias, node.integer("antialias", 0));
  if (antialias != 0) {
    return node.fail(Code::Unsupported, "antialias is not there: resize without it");
  }
  TENON_TRY(node.choice("keep_aspect_ratio_policy", "stretch", {"stretch"}).status());
  const bool sized = node.has(3) && !(node.in(3)->shape() == expr::Shape{Expr(0)});
  if (sized) {
    TENON_TRY(read_sizes(node, plan));
  } else if (node.has(2)) {
    TENON_ASSIGN(plan.scales, reals_of(node, 2, "the scales"));
    TENON_TRY(spread_axes<double>(node, plan.scales, 1));
  } else {
    return node.fail(Code::InvalidModel, "neither scales nor sizes are given");
  }
  return resize(node, std::move(plan));
}

constexpr Row kResizeRows[] = {
    {"Resize", 10, 10, import_upsample},
    {"Resize", 11, kNoEnd, import_resize_11},
    {"Upsample", 7, 9, import_upsample},
};

}  // namespace

std::span<const Row> resize_rows() { return kResizeRows; }

}  // namespace tenon::onnx
