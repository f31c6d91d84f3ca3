// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing by the nearest element: a Gather along each axis that changes.
#include <algorithm>
#include <cmath>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

enum Coordinates : size_t { kHalfPixel, kPytorch, kAlignCorners, kAsymmetric, kTensorFlow };
enum Rounding : size_t { kPreferFloor, kPreferCeil, kFloor, kCeil };

/// What the node says about all axes.
struct Plan {
  size_t coordinates = kAsymmetric;
  size_t rounding = kFloor;
  std::vector<double> scales;  ///< one an axis; 1: the axis stays
  std::vector<int64_t> sizes;  ///< one an axis where sizes are given, else empty
};

/// The input element nearest to output element `i`.
int64_t source_of(const Plan& plan, int64_t i, double scale, int64_t from, int64_t to) {
  const auto at = static_cast<double>(i);
  double x = 0;
  switch (plan.coordinates) {
    case kHalfPixel:
      x = (at + 0.5) / scale - 0.5;
      break;
    case kPytorch:
      x = to > 1 ? (at + 0.5) / scale - 0.5 : 0;
      break;
    case kAlignCorners:
      x = to > 1 ? at * static_cast<double>(from - 1) / static_cast<double>(to - 1) : 0;
      break;
    case kTensorFlow:
      x = (at + 0.5) / scale;
      break;
    default:
      x = at / scale;
  }
  double nearest = std::floor(x);
  if (plan.rounding == kCeil) nearest = std::ceil(x);
  if (plan.rounding == kPreferFloor) nearest = std::ceil(x - 0.5);
  if (plan.rounding == kPreferCeil) nearest = std::floor(x + 0.5);
  return static_cast<int64_t>(std::clamp(nearest, 0.0, static_cast<double>(from - 1)));
}

/// Repeats every element of a dynamic axis, which whole factors do in the usual modes.
Result<ir::Value*> repeat(Context& node, const Plan& plan, ir::Value* x, size_t axis) {
  const double scale = plan.scales[axis];
  const bool usual = (plan.coordinates == kAsymmetric && plan.rounding == kFloor) ||
                     (plan.coordinates <= kPytorch && plan.rounding <= kPreferCeil);
  if (!plan.sizes.empty() || !usual || scale < 1 || scale != std::floor(scale) ||
      scale > INT16_MAX) {
    return node.fail(Code::Unsupported,
                     "axis {} is dynamic and cannot be resized: fix its extent, or use a whole "
                     "scale with mode asymmetric and floor",
                     axis);
  }
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

Result<ir::Value*> resize_axis(Context& node, const Plan& plan, ir::Value* x, size_t axis) {
  const Expr extent = x->shape()[axis];
  if (!extent.is_constant()) return repeat(node, plan, x, axis);
  const int64_t from = extent.constant();
  const double scale = plan.scales[axis];
  const double to = plan.sizes.empty() ? std::floor(static_cast<double>(from) * scale)
                                       : static_cast<double>(plan.sizes[axis]);
  if (from < 1 || !(to >= 0 && to <= 1 << 24)) {
    return node.fail(Code::InvalidModel, "axis {} of extent {} cannot get extent {}", axis, from,
                     to);
  }
  std::vector<double> places;
  for (int64_t i = 0; i < static_cast<int64_t>(to); ++i) {
    places.push_back(
        static_cast<double>(source_of(plan, i, scale, from, static_cast<int64_t>(to))));
  }
  const Dims dims{static_cast<int64_t>(places.size())};
  ir::Value* indices =
      node.add_constant(make_constant(DType::I64, dims, places), fmt::format("places_{}", axis));
  return node.add(ops::Gather{static_cast<int64_t>(axis)}, {x, indices},
                  fmt::format("axis_{}", axis));
}

Status resize(Context& node, const Plan& plan) {
  if (plan.scales.size() != node.shape(0).size()) {
    return node.fail(Code::InvalidModel, "{} scales or sizes are given for an input of rank {}",
                     plan.scales.size(), node.rank(0));
  }
  for (const double scale : plan.scales) {
    if (!(scale > 0)) return node.fail(Code::InvalidModel, "{} is no scale", scale);
  }
  ir::Value* x = node.in(0);
  for (size_t axis = 0; axis < plan.scales.size(); ++axis) {
    const bool stays = plan.scales[axis] == 1;
    if (stays) continue;
    TENON_ASSIGN(x, resize_axis(node, plan, x, axis));
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

Status expect_nearest(Context& node) {
  return node.choice("mode", "nearest", {"nearest"}).status();
}

/// Upsample, and Resize of opset 10: the input element at floor(i / scale).
Status import_upsample(Context& node) {
  TENON_TRY(expect_nearest(node));
  Plan plan;
  if (node.opset() < 9) {
    TENON_TRY(node.expect_inputs(1, 1));
    TENON_TRY(node.expect_attribute("scales"));
    TENON_ASSIGN(const std::vector<float> scales, node.reals("scales"));
    plan.scales.assign(scales.begin(), scales.end());
  } else {
    TENON_TRY(node.expect_inputs(2, 2));
    TENON_ASSIGN(plan.scales, reals_of(node, 1, "the scales"));
  }
  return resize(node, plan);
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

/// Extents wished for become scales.
Status read_sizes(Context& node, Plan& plan) {
  TENON_ASSIGN(plan.sizes, node.numbers(3, "the new extents"));
  TENON_TRY(spread_axes<int64_t>(node, plan.sizes, -1));
  if (plan.sizes.size() != node.shape(0).size()) return {};  // refused with the count
  for (size_t axis = 0; axis < plan.sizes.size(); ++axis) {
    const Expr& extent = node.shape(0)[axis];
    const int64_t wanted = plan.sizes[axis];
    if (wanted == -1 || extent == Expr(wanted)) {
      plan.scales.push_back(1);
    } else if (extent.is_constant() && extent.constant() > 0) {
      plan.scales.push_back(static_cast<double>(wanted) / static_cast<double>(extent.constant()));
    } else {
      return node.fail(Code::Unsupported, "axis {} is dynamic and cannot get extent {}", axis,
                       wanted);
    }
  }
  return {};
}

Status import_resize_11(Context& node) {
  TENON_TRY(node.expect_inputs(1, 4));
  TENON_TRY(expect_nearest(node));
  Plan plan;
  TENON_ASSIGN(plan.coordinates, node.choice("coordinate_transformation_mode", "half_pixel",
                                             {"half_pixel", "pytorch_half_pixel", "align_corners",
                                              "asymmetric", "tf_half_pixel_for_nn"}));
  TENON_ASSIGN(plan.rounding,
               node.choice("nearest_mode", "round_prefer_floor",
                           {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}));
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
  return resize(node, plan);
}

constexpr Row kRows[] = {
    {"Resize", 10, 10, import_upsample},
    {"Resize", 11, kNoEnd, import_resize_11},
    {"Upsample", 7, 9, import_upsample},
};

}  // namespace

std::span<const Row> resize_rows() { return kRows; }

}  // namespace tenon::onnx
