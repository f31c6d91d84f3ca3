// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Boxes and regions of images.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// Inputs: boxes [batch, boxes, 4], scores [batch, classes, boxes], optionally the most boxes to
/// keep a class (i32 or i64, none: no box), the overlap above which a box goes (0), and the score
/// that a box must exceed (any). Boxes are two corners (y, x), or with `center` x, y, width,
/// height. Of a class's boxes only the `limit` best are looked at, when it is not negative.
/// Outputs: [count, 3] of batch, class and box, and the count, known only at run time. Source: ONNX
/// NonMaxSuppression.
struct NonMaxSuppression {
  bool center = false;
  int64_t limit = -1;
  DType indices = DType::I64;
  static constexpr auto fields() {
    return std::tuple{Field{"center", &NonMaxSuppression::center},
                      Field{"limit", &NonMaxSuppression::limit},
                      Field{"indices", &NonMaxSuppression::indices}};
  }
};
Status infer(const NonMaxSuppression& op, Inference& inference);

/// Inputs: x [N, C, spatial…], grid [N, places…, d] of positions from −1 to 1, the last axis of x
/// first. Output [N, C, places…]. Source: ONNX operator GridSample.
struct GridSample {
  ResizeMode mode = ResizeMode::Linear;
  Outside outside = Outside::Fill;  ///< Fill (with zero), Clamp or Reflect
  bool align_corners = false;
  static constexpr auto fields() {
    return std::tuple{Field{"mode", &GridSample::mode}, Field{"outside", &GridSample::outside},
                      Field{"align_corners", &GridSample::align_corners}};
  }
};
Status infer(const GridSample& op, Inference& inference);

/// Inputs: x [N, C, H, W], regions [R, 4] as x1, y1, x2, y2, the image of each [R] (i32 or i64).
/// Each region as [C, height, width]: means (with `max` maxima) of `samples` × `samples`
/// interpolated points a cell, 0 for as many as the cell has elements. Source: ONNX operator
/// RoiAlign.
struct RoiAlign {
  bool max = false, half_pixel = true;
  int64_t height = 1, width = 1, samples = 0;
  float scale = 1;
  static constexpr auto fields() {
    return std::tuple{
        Field{"max", &RoiAlign::max},         Field{"half_pixel", &RoiAlign::half_pixel},
        Field{"height", &RoiAlign::height},   Field{"width", &RoiAlign::width},
        Field{"samples", &RoiAlign::samples}, Field{"scale", &RoiAlign::scale}};
  }
};
Status infer(const RoiAlign& op, Inference& inference);

}  // namespace tenon::ops
