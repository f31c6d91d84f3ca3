// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transposed convolution: a convolution of the input with zeros between its elements; where no two
// windows meet, a product for each of its elements.
#include <algorithm>

#include "importers/onnx/operators/window.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// Attributes, and what is cut off the full output at both sides of each axis.
struct Plan {
  Dims kernel, strides, dilations, output_padding, cut_begin, cut_end;
  int64_t groups = 1;

  [[nodiscard]] int64_t span(int i) const { return (kernel[i] - 1) * dilations[i] + 1; }

  /// Whether the windows lie side by side, nothing between them and nothing cut off.
  [[nodiscard]] bool tiles() const {
    bool result = groups == 1 && kernel == strides;
    for (int i = 0; i < kernel.rank(); ++i) {
      result = result && dilations[i] == 1 && output_padding[i] == 0 && cut_begin[i] == 0 &&
               cut_end[i] == 0;
    }
    return result;
  }
};

/// Shares out what must be cut so that the output has the extent asked for.
Status cut_to(Context& node, const Dims& extents, bool upper, Plan& plan) {
  for (int i = 0; i < plan.kernel.rank(); ++i) {
    const Expr& extent = node.shape(0)[static_cast<size_t>(i) + 2];
    const int64_t more = plan.output_padding[i] + plan.span(i);
    // Without extents the output is to have extent · stride elements.
    Expr total = more - plan.strides[i];
    if (!extents.empty()) total = (extent - 1) * plan.strides[i] + more - extents[i];
    if (!total.is_constant()) {
      return node.fail(
          Code::Unsupported,
          "output_shape depends on spatial axis {}, whose extent is dynamic: give pads "
          "instead",
          i);
    }
    const int64_t half = expr::floor_div(total, 2).constant();  // less than 0: zeros are added
    plan.cut_begin[i] = upper ? half : total.constant() - half;
    plan.cut_end[i] = total.constant() - plan.cut_begin[i];
  }
  return {};
}

Result<Plan> read_plan(Context& node) {
  const auto count = static_cast<size_t>(node.rank(0)) - 2;
  Plan plan;
  for (size_t i = 2; i < node.shape(1).size(); ++i) {
    const Expr& extent = node.shape(1)[i];
    if (!extent.is_constant()) return node.fail(Code::Unsupported, "the weights' shape is dynamic");
    plan.kernel.push_back(extent.constant());
  }
  TENON_ASSIGN(plan.groups, node.integer("group", 1));
  TENON_ASSIGN(plan.strides, read_per_axis(node, "strides", count, 1, 1));
  TENON_ASSIGN(plan.dilations, read_per_axis(node, "dilations", count, 1, 1));
  TENON_ASSIGN(plan.output_padding, read_per_axis(node, "output_padding", count, 0, 0));
  TENON_ASSIGN(const std::vector<int64_t> pads, node.integers("pads"));
  const bool sane =
      std::ranges::all_of(pads, [](int64_t pad) { return pad >= INT16_MIN && pad <= INT16_MAX; });
  if (!sane || (!pads.empty() && pads.size() != 2 * count)) {
    return node.fail(Code::InvalidModel, "attribute pads needs {} small numbers", 2 * count);
  }
  TENON_ASSIGN(const size_t mode,
               node.choice("auto_pad", "NOTSET", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}));
  for (size_t i = 0; i < count; ++i) {
    plan.cut_begin.push_back(mode == 0 && !pads.empty() ? pads[i] : 0);
    plan.cut_end.push_back(mode == 0 && !pads.empty() ? pads[i + count] : 0);
  }
  Dims extents;
  if (node.has_attribute("output_shape")) {
    TENON_ASSIGN(extents, read_per_axis(node, "output_shape", count, 1, 1));
  }
  const bool same = mode == 1 || mode == 2;
  if (same || !extents.empty()) TENON_TRY(cut_to(node, extents, mode == 1, plan));
  return plan;
}

/// [C, M / groups, kernel…] as the weights of a convolution: [M, C / groups, kernel…], mirrored.
Result<ir::Value*> turned_weights(Context& node, const Plan& plan) {
  const expr::Shape shape = node.shape(1);
  const Expr groups = plan.groups;
  const Expr inputs = expr::floor_div(shape[0], groups);
  expr::Shape apart{groups, inputs, shape[1]}, together{shape[1] * groups, inputs};
  apart.insert(apart.end(), shape.begin() + 2, shape.end());
  together.insert(together.end(), shape.begin() + 2, shape.end());
  Dims perm{0, 2, 1};
  for (int axis = 3; axis < static_cast<int>(apart.size()); ++axis) perm.push_back(axis);
  ops::Slice mirror{expr::Shape(together.size(), 0), together,
                    Dims::filled(static_cast<int>(together.size()), 1)};
  for (int i = 0; i < plan.kernel.rank(); ++i) {
    mirror.starts[static_cast<size_t>(i) + 2] = plan.kernel[i] - 1;
    mirror.steps[i + 2] = -1;
  }
  TENON_ASSIGN(ir::Value * w,
               node.add(ops::Reshape{std::move(apart)}, {node.in(1)}, "weights_apart"));
  TENON_ASSIGN(w, node.add(ops::Transpose{perm}, {w}, "weights_turned"));
  TENON_ASSIGN(w, node.add(ops::Reshape{std::move(together)}, {w}, "weights_joined"));
  return node.add(std::move(mirror), {w}, "weights");
}

/// stride − 1 zeros behind every element.
Result<ir::Value*> spread(Context& node, const Plan& plan) {
  const expr::Shape shape = node.shape(0);
  expr::Shape apart{shape[0], shape[1]}, joined = apart;
  ops::Pad zeros{{0, 0}, {0, 0}, ops::PadMode::Constant, 0};
  for (int i = 0; i < plan.strides.rank(); ++i) {
    const Expr& extent = shape[static_cast<size_t>(i) + 2];
    apart.push_back(extent);
    apart.emplace_back(1);
    joined.push_back(extent * plan.strides[i]);
    for (const int64_t added : {int64_t{0}, plan.strides[i] - 1}) {
      zeros.begin.push_back(0);
      zeros.end.push_back(added);
    }
  }
  TENON_ASSIGN(ir::Value * x, node.add(ops::Reshape{std::move(apart)}, {node.in(0)}, "apart"));
  TENON_ASSIGN(x, node.add(zeros, {x}, "zeros"));
  return node.add(ops::Reshape{std::move(joined)}, {x}, "spread");
}

/// [C, M, kernel…] as the weights of a convolution with a channel for each element of a window:
/// [M · kernel, C, 1…].
Result<ir::Value*> tile_weights(Context& node, const Plan& plan) {
  const expr::Shape shape = node.shape(1);
  const int count = plan.kernel.rank();
  Dims perm;
  for (int axis = 1; axis < count + 2; ++axis) perm.push_back(axis);
  perm.push_back(0);
  expr::Shape joined{shape[1] * plan.kernel.volume(), shape[0]};
  joined.insert(joined.end(), static_cast<size_t>(count), Expr(1));
  TENON_ASSIGN(ir::Value * w, node.add(ops::Transpose{perm}, {node.in(1)}, "weights_turned"));
  return node.add(ops::Reshape{std::move(joined)}, {w}, "weights");
}

/// A number for each element of a window, those of one channel alike.
Result<ir::Value*> tile_bias(Context& node, const Plan& plan) {
  const Expr channels = node.shape(1)[1], size = plan.kernel.volume();
  TENON_ASSIGN(ir::Value * bias,
               node.add(ops::Reshape{{channels, Expr(1)}}, {node.in(2)}, "bias_apart"));
  TENON_ASSIGN(bias, node.add(ops::Expand{{channels, size}}, {bias}, "bias_copies"));
  return node.add(ops::Reshape{{channels * size}}, {bias}, "bias");
}

/// Every element of the input becomes a window of the output.
Status import_tiles(Context& node, const Plan& plan) {
  const int count = plan.kernel.rank();
  const expr::Shape shape = node.shape(0);
  const Dims ones = Dims::filled(count, 1), zeros = Dims::filled(count, 0);
  TENON_ASSIGN(ir::Value * weights, tile_weights(node, plan));
  std::vector<ir::Value*> inputs{node.in(0), weights};
  if (node.has(2)) {
    TENON_ASSIGN(inputs.emplace_back(), tile_bias(node, plan));
  }
  const ops::Convolution op{ones, ones, zeros, zeros, ones, 1, {ops::ActivationKind::None}};
  TENON_ASSIGN(ir::Value * x, node.add(op, std::move(inputs), "elements"));
  expr::Shape apart{shape[0], node.shape(1)[1]}, joined = apart;
  Dims perm{0, 1};
  for (int i = 0; i < count; ++i) apart.emplace_back(plan.kernel[i]);
  for (int i = 0; i < count; ++i) {
    const Expr& extent = shape[static_cast<size_t>(i) + 2];
    apart.push_back(extent);
    joined.push_back(extent * plan.kernel[i]);
    perm.push_back(2 + count + i);
    perm.push_back(2 + i);
  }
  TENON_ASSIGN(x, node.add(ops::Reshape{std::move(apart)}, {x}, "windows"));
  TENON_ASSIGN(x, node.add(ops::Transpose{perm}, {x}, "in_place"));
  return node.finish(ops::Reshape{std::move(joined)}, {x});
}

Status import_conv_transpose(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  if (node.rank(0) < 3 || node.rank(0) > 5 || node.rank(1) != node.rank(0)) {
    return node.fail(Code::InvalidModel,
                     "input and weights have ranks {} and {}, but need the same of 3 to 5",
                     node.rank(0), node.rank(1));
  }
  TENON_ASSIGN(const Plan plan, read_plan(node));
  if (plan.groups < 1) return node.fail(Code::InvalidModel, "group is {}", plan.groups);
  if (plan.tiles()) return import_tiles(node, plan);
  const int count = plan.kernel.rank();
  const Dims ones = Dims::filled(count, 1);
  ir::Value* x = node.in(0);
  const bool spreads = !(plan.strides == ones);
  if (spreads) {
    TENON_ASSIGN(x, spread(node, plan));
  }
  ops::Convolution op{
      plan.kernel, ones, {}, {}, plan.dilations, plan.groups, {ops::ActivationKind::None}};
  ops::Pad pad{{0, 0}, {0, 0}, ops::PadMode::Constant, 0};
  bool cuts = false;
  for (int i = 0; i < count; ++i) {
    // The zeros behind the last element go again.
    const int64_t begin = plan.span(i) - 1 - plan.cut_begin[i];
    const int64_t end = plan.span(i) - plan.strides[i] - plan.cut_end[i] + plan.output_padding[i];
    pad.begin.push_back(std::min<int64_t>(begin, 0));
    pad.end.push_back(std::min<int64_t>(end, 0));
    op.pads_begin.push_back(std::max<int64_t>(begin, 0));
    op.pads_end.push_back(std::max<int64_t>(end, 0));
    cuts = cuts || begin < 0 || end < 0;
  }
  if (cuts) {
    TENON_ASSIGN(x, node.add(pad, {x}, "cut"));
  }
  TENON_ASSIGN(ir::Value * weights, turned_weights(node, plan));
  std::vector<ir::Value*> inputs{x, weights};
  if (node.has(2)) inputs.push_back(node.in(2));
  return node.finish(std::move(op), std::move(inputs));
}

constexpr Row kConvTransposeRows[] = {
    {"ConvTranspose", 1, kNoEnd, import_conv_transpose},
};

}  // namespace

std::span<const Row> conv_transpose_rows() { return kConvTransposeRows; }

}  // namespace tenon::onnx
