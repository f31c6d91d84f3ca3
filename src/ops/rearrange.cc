// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of the network interface's movements, fills and assertions.
#include "ops/rearrange.h"

#include <algorithm>
#include <cmath>

#include "ops/movement.h"
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

/// `shape` in the order of `perm`; nothing said and false when that names no order of its axes.
bool permuted(const expr::Shape& shape, const Dims& perm, expr::Shape& result) {
  if (static_cast<size_t>(perm.rank()) != shape.size()) return false;
  uint32_t seen = 0;
  for (const int64_t axis : perm) {
    if (axis < 0 || static_cast<uint64_t>(axis) >= shape.size()) return false;
    seen |= 1U << axis;
    result.push_back(shape[static_cast<size_t>(axis)]);
  }
  return seen == (1U << perm.rank()) - 1;
}

Status expect_ascending(Inference& inference, const Dims& axes, size_t rank) {
  int64_t previous = -1;
  for (const int64_t axis : axes) {
    TENON_TRY(expect_axis(inference, axis, rank));
    if (axis <= previous) {
      return inference.diag.fail(Code::InvalidModel, "axes must ascend, but {} follows {}", axis,
                                 previous);
    }
    previous = axis;
  }
  return {};
}

}  // namespace

Status infer(const Shuffle& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  const TensorType& x = inference.in(0);
  expr::Shape turned, result;
  if (!permuted(x.shape, op.first, turned) || !permuted(op.target, op.second, result)) {
    return inference.diag.fail(Code::InvalidModel,
                               "{} is no order of the axes of {}, or {} none of {}",
                               to_string(op.first), text(inference, x.shape), to_string(op.second),
                               text(inference, op.target));
  }
  if (!can_equal(expr::volume(x.shape), expr::volume(op.target))) {
    return inference.diag.fail(Code::InvalidModel,
                               "shape {} has other many elements than {}, which it is to become",
                               text(inference, x.shape), text(inference, op.target));
  }
  inference.out(x.dtype, std::move(result));
  return {};
}

Status infer(const Squeeze& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_ascending(inference, op.axes, x.shape.size()));
  expr::Shape shape;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    const bool goes = std::ranges::find(op.axes, static_cast<int64_t>(i)) != op.axes.end();
    if (!goes) shape.push_back(x.shape[i]);
    if (!goes || can_equal(x.shape[i], Expr(1))) continue;
    return inference.diag.fail(Code::InvalidModel, "axis {} has extent {} and cannot be squeezed",
                               i, x.shape[i].constant());
  }
  inference.outputs.push_back({x.dtype, std::move(shape), x.content});
  return {};
}

Status infer(const Unsqueeze& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  const TensorType& x = inference.in(0);
  expr::Shape shape = x.shape;
  TENON_TRY(
      expect_ascending(inference, op.axes, x.shape.size() + static_cast<size_t>(op.axes.rank())));
  for (const int64_t axis : op.axes) {
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), Expr(1));
  }
  inference.outputs.push_back({x.dtype, std::move(shape), x.content});
  return {};
}

Status infer(const SliceBeyond& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  const size_t rank = x.shape.size();
  if (static_cast<size_t>(op.starts.rank()) != rank || op.sizes.size() != rank ||
      static_cast<size_t>(op.steps.rank()) != rank) {
    return inference.diag.fail(
        Code::InvalidModel, "starts {}, sizes {} and steps {} need one entry for each of {} axes",
        to_string(op.starts), text(inference, op.sizes), to_string(op.steps), rank);
  }
  constexpr int64_t kFar = int64_t{1} << 40;
  for (int i = 0; i < op.starts.rank(); ++i) {
    const Expr &extent = x.shape[static_cast<size_t>(i)], &size = op.sizes[static_cast<size_t>(i)];
    const bool far = std::abs(op.starts[i]) > kFar || std::abs(op.steps[i]) > INT16_MAX ||
                     (size.is_constant() && (size.constant() < 0 || size.constant() > kFar));
    const bool from_nothing =
        extent == Expr(0) && !(size == Expr(0)) && op.outside != Outside::Fill;
    if (!far && !from_nothing) continue;
    return inference.diag.fail(Code::InvalidModel,
                               "takes {} elements from {} on by steps of {} along axis {}, whose "
                               "extent is {}: {}",
                               expr::to_string(size, inference.symbols), op.starts[i], op.steps[i],
                               i, expr::to_string(extent, inference.symbols),
                               far ? "that is too far" : "there is nothing to repeat");
  }
  inference.out(x.dtype, op.sizes);
  return {};
}

Status infer(const Fill& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 0, 3));
  const bool whole = op.type == DType::I32 || op.type == DType::I64;
  if (!is_floating(op.type) && !(whole && op.kind != FillKind::Normal)) {
    return inference.diag.fail(Code::Unsupported, "{} cannot be filled by {}: take f32 and cast",
                               to_string(op.type), to_string(op.kind));
  }
  if (!std::isfinite(op.start) || !std::isfinite(op.step)) {
    return inference.diag.fail(Code::InvalidModel, "{} and {} are no numbers to fill with",
                               op.start, op.step);
  }
  const size_t rank = op.target.size();
  for (const Expr& extent : op.target) {
    if (!extent.is_constant() || extent.constant() >= 0) continue;
    return inference.diag.fail(Code::InvalidModel, "{} has a negative extent",
                               text(inference, op.target));
  }
  for (size_t i = 1; i < 3; ++i) {
    if (!inference.has(i)) continue;
    const TensorType& given = inference.in(i);
    TENON_TRY(expect_type(inference, i, given.dtype == op.type, "of the output's type"));
    const bool steps = i == 2 && op.kind == FillKind::Linspace;
    const Expr wanted = steps ? static_cast<int64_t>(rank) : 1;
    if (can_equal(expr::volume(given.shape), wanted) && given.shape.size() <= 1) continue;
    return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but needs {} elements",
                               i, text(inference, given.shape), wanted.constant());
  }
  if (op.kind == FillKind::Linspace && rank > 1 && !inference.has(2)) {
    return inference.diag.fail(Code::InvalidModel,
                               "a linear space over {} axes needs a step for each: give input 2",
                               rank);
  }
  inference.out(op.type, op.target);
  return {};
}

Status infer(const Assertion&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_type(inference, 0, inference.in(0).dtype == DType::Bool, "bool"));
  inference.outputs.push_back(inference.in(0));
  return {};
}

}  // namespace tenon::ops
