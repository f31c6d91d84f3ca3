// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Boxes, regions and samples of images.
#include <algorithm>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

Status import_non_max_suppression(Context& node) {
  TENON_TRY(node.expect_inputs(2, 5));
  TENON_ASSIGN(const int64_t center, node.integer("center_point_box", 0));
  return node.finish(ops::NonMaxSuppression{center != 0, -1, DType::I64}, node.inputs());
}

/// Modes were called otherwise before opset 20.
Status import_grid_sample(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const std::string_view usual,
               node.text("mode", node.opset() < 20 ? "bilinear" : "linear"));
  ops::GridSample op;
  if (usual == "nearest") {
    op.mode = ops::ResizeMode::Nearest;
  } else if (usual == "bicubic" || usual == "cubic") {
    op.mode = ops::ResizeMode::Cubic;
  } else if (usual != "bilinear" && usual != "linear") {
    return node.fail(Code::Unsupported,
                     "attribute mode is \"{}\"; supported are nearest, linear and cubic", usual);
  }
  TENON_ASSIGN(const size_t outside,
               node.choice("padding_mode", "zeros", {"zeros", "border", "reflection"}));
  constexpr ops::Outside kOutsides[] = {ops::Outside::Fill, ops::Outside::Clamp,
                                        ops::Outside::Reflect};
  op.outside = kOutsides[outside];
  TENON_ASSIGN(const int64_t corners, node.integer("align_corners", 0));
  op.align_corners = corners != 0;
  return node.finish(op, {node.in(0), node.in(1)});
}

/// Before opset 16 coordinates were not shifted by half an element.
Status import_roi_align(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  ops::RoiAlign op;
  TENON_ASSIGN(const size_t max, node.choice("mode", "avg", {"avg", "max"}));
  TENON_ASSIGN(const size_t plain,
               node.choice("coordinate_transformation_mode",
                           node.opset() < 16 ? "output_half_pixel" : "half_pixel",
                           {"half_pixel", "output_half_pixel"}));
  op.max = max == 1;
  op.half_pixel = plain == 0;
  TENON_ASSIGN(op.height, node.integer("output_height", 1));
  TENON_ASSIGN(op.width, node.integer("output_width", 1));
  TENON_ASSIGN(op.samples, node.integer("sampling_ratio", 0));
  TENON_ASSIGN(op.scale, node.real("spatial_scale", 1));
  return node.finish(op, {node.in(0), node.in(1), node.in(2)});
}

/// Cuts and pads around the middle, which is a slice that may begin before the input.
Status import_center_crop_pad(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const std::vector<int64_t> extents, node.numbers(1, "the new extents"));
  TENON_ASSIGN(std::vector<int64_t> axes, node.integers("axes"));
  if (axes.empty()) {
    for (int64_t axis = 0; axis < node.rank(0); ++axis) axes.push_back(axis);
  }
  if (axes.size() != extents.size()) {
    return node.fail(Code::InvalidModel, "{} extents are given for {} axes", extents.size(),
                     axes.size());
  }
  const auto rank = static_cast<int>(node.rank(0));
  ops::SliceBeyond op{Dims::filled(rank, 0), node.shape(0), Dims::filled(rank, 1),
                      ops::Outside::Fill, 0};
  for (size_t i = 0; i < axes.size(); ++i) {
    TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[i], node.rank(0)));
    const Expr& extent = node.shape(0)[static_cast<size_t>(axis)];
    if (!extent.is_constant() || extents[i] < 0 || extents[i] > INT32_MAX) {
      return node.fail(
          Code::Unsupported,
          "axis {} of extent {} cannot be brought to {}: the extent must be fixed, and "
          "the new one no negative number",
          axis, expr::to_string(extent, node.session().graph.symbols()), extents[i]);
    }
    const int64_t over = extent.constant() - extents[i];
    op.starts[static_cast<int>(axis)] = over >= 0 ? over / 2 : -(-over / 2);
    op.sizes[static_cast<size_t>(axis)] = extents[i];
  }
  return node.finish(std::move(op), {node.in(0)});
}

constexpr Row kVisionRows[] = {
    {"CenterCropPad", 18, kNoEnd, import_center_crop_pad},
    {"GridSample", 16, kNoEnd, import_grid_sample},
    {"NonMaxSuppression", 10, kNoEnd, import_non_max_suppression},
    {"RoiAlign", 10, kNoEnd, import_roi_align},
};

}  // namespace

std::span<const Row> vision_rows() { return kVisionRows; }

}  // namespace tenon::onnx
