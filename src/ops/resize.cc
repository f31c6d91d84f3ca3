// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents and coordinates of resizing.
#include "ops/resize.h"

#include <algorithm>
#include <cmath>

#include "ops/resize_grid.h"
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

Status infer(const Resize& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  if (op.mode != ResizeMode::Nearest) TENON_TRY(expect_floating(inference, 0));
  if (op.target.size() != x.shape.size()) {
    return inference.diag.fail(Code::InvalidModel, "input {} cannot be resized to {}: another rank",
                               text(inference, x.shape), text(inference, op.target));
  }
  if (!op.scales.empty() && op.scales.size() != x.shape.size()) {
    return inference.diag.fail(Code::InvalidModel, "{} scales are given for an input of rank {}",
                               op.scales.size(), x.shape.size());
  }
  for (const Scale& scale : op.scales) {
    if (!(scale.value > 0) || std::isinf(scale.value)) {
      return inference.diag.fail(Code::InvalidModel, "{} is no scale: it must be greater than 0",
                                 scale.value);
    }
  }
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    const Expr &from = x.shape[axis], &to = op.target[axis];
    const bool from_nothing = from.is_constant() && from.constant() == 0;
    if (to.is_constant() && (to.constant() < 0 || (from_nothing && to.constant() > 0))) {
      return inference.diag.fail(Code::InvalidModel,
                                 "axis {} of extent {} cannot be resized to extent {}", axis,
                                 expr::to_string(from, inference.symbols), to.constant());
    }
  }
  inference.out(x.dtype, op.target);
  return {};
}

std::optional<Expr> scaled_extent(const Expr& extent, double scale) {
  constexpr double kMost = 1 << 30;
  if (extent.is_constant()) {
    const double to = std::floor(static_cast<double>(extent.constant()) * scale);
    if (!(to >= 0 && to <= kMost)) return std::nullopt;
    return Expr(static_cast<int64_t>(to));
  }
  constexpr int64_t kGreatestDivisor = 64;
  constexpr double kSlack = 1e-7;  // a float's rounding
  for (int64_t divisor = 1; divisor <= kGreatestDivisor; ++divisor) {
    const double times = std::round(scale * static_cast<double>(divisor));
    if (times < 1 || times > kMost) continue;
    if (std::abs(times / static_cast<double>(divisor) - scale) > kSlack * scale) continue;
    const Expr product = extent * Expr(static_cast<int64_t>(times));
    return divisor == 1 ? product : floor_div(product, Expr(divisor));
  }
  return std::nullopt;
}

double resize_coordinate(const Resize& op, int64_t i, double scale, int64_t from,
                         int64_t to) noexcept {
  return resize_coordinate(op.coordinates, op.single_first, i, scale, from, to);
}

}  // namespace tenon::ops
