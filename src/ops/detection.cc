// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of operators on boxes and regions.
#include "ops/detection.h"

#include <cmath>

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

bool is_single(const expr::Shape& shape) {
  return shape.empty() || (shape.size() == 1 && can_equal(shape[0], Expr(1)));
}

bool is_index(DType type) { return type == DType::I32 || type == DType::I64; }

/// Boxes a class that can be kept: all, or fewer when the number is known.
Expr most_boxes(const Inference& inference, const Expr& boxes) {
  if (!inference.has(2)) return 0;
  const auto& content = inference.in(2).content;
  if (!content || content->size() != 1 || !(*content)[0].is_constant()) return boxes;
  return expr::min(boxes, std::max<int64_t>((*content)[0].constant(), 0));
}

}  // namespace

Status infer(const NonMaxSuppression& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 5));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  const expr::Shape &boxes = inference.in(0).shape, &scores = inference.in(1).shape;
  const bool fits = boxes.size() == 3 && scores.size() == 3 && can_equal(boxes[2], Expr(4)) &&
                    can_equal(boxes[0], scores[0]) && can_equal(boxes[1], scores[2]);
  if (!fits) {
    return inference.diag.fail(
        Code::InvalidModel,
        "boxes have shape {} and scores {}, but must be [batch, boxes, 4] and "
        "[batch, classes, boxes]",
        text(inference, boxes), text(inference, scores));
  }
  for (size_t i = 2; i < 5; ++i) {
    if (!inference.has(i)) continue;
    const TensorType& limit = inference.in(i);
    const bool right = i == 2 ? is_index(limit.dtype) : is_floating(limit.dtype);
    TENON_TRY(expect_type(inference, i, right, i == 2 ? "i32 or i64" : "of a floating type"));
    if (is_single(limit.shape)) continue;
    return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but must be a scalar", i,
                               text(inference, limit.shape));
  }
  if (!is_index(op.indices)) {
    return inference.diag.fail(Code::InvalidModel,
                               "indices of type {} cannot be made: i32 or i64 can",
                               to_string(op.indices));
  }
  const Expr most = scores[0] * scores[1] * most_boxes(inference, boxes[1]);
  const Expr count = inference.told_size(1, "selected", most);
  inference.out(op.indices, {count, 3});
  inference.out(op.indices, {});
  return {};
}

Status infer(const GridSample& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_floating(inference, 1));
  const expr::Shape &x = inference.in(0).shape, &grid = inference.in(1).shape;
  const bool fits = x.size() >= 3 && grid.size() == x.size() && can_equal(x[0], grid[0]) &&
                    can_equal(grid.back(), Expr(static_cast<int64_t>(x.size()) - 2));
  if (!fits) {
    return inference.diag.fail(Code::InvalidModel,
                               "inputs have shapes {} and {}, but must be [N, C, spatial…] and "
                               "[N, places…, as many numbers as spatial axes]",
                               text(inference, x), text(inference, grid));
  }
  if (op.outside == Outside::Wrap) {
    return inference.diag.fail(Code::Unsupported,
                               "cannot wrap around: fill with zeros, clamp or reflect instead");
  }
  for (size_t axis = 2; axis < x.size(); ++axis) {
    if (!(x[axis] == Expr(0))) continue;
    return inference.diag.fail(Code::InvalidModel, "axis {} has no elements to sample from", axis);
  }
  expr::Shape shape{x[0], x[1]};
  shape.insert(shape.end(), grid.begin() + 1, grid.end() - 1);
  inference.out(inference.in(0).dtype, std::move(shape));
  return {};
}

Status infer(const RoiAlign& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 3));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  TENON_TRY(expect_type(inference, 2, is_index(inference.in(2).dtype), "i32 or i64"));
  const expr::Shape &x = inference.in(0).shape, &regions = inference.in(1).shape,
                    &images = inference.in(2).shape;
  const bool fits = x.size() == 4 && regions.size() == 2 && images.size() == 1 &&
                    can_equal(regions[1], Expr(4)) && can_equal(regions[0], images[0]);
  if (!fits) {
    return inference.diag.fail(Code::InvalidModel,
                               "inputs have shapes {}, {} and {}, but must be [N, C, H, W], [R, 4] "
                               "and [R]",
                               text(inference, x), text(inference, regions),
                               text(inference, images));
  }
  constexpr int64_t kMost = 1 << 12;
  const auto sane = [](int64_t value, int64_t least) { return value >= least && value <= kMost; };
  if (!sane(op.height, 1) || !sane(op.width, 1) || !sane(op.samples, 0) ||
      !std::isfinite(op.scale)) {
    return inference.diag.fail(
        Code::InvalidModel,
        "{}x{} cells of {} samples at scale {} make no sense: take 1 to {} of "
        "each",
        op.height, op.width, op.samples, op.scale, kMost);
  }
  inference.out(inference.in(0).dtype, {regions[0], x[1], op.height, op.width});
  return {};
}

}  // namespace tenon::ops
