// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of scaling, quantisation and bits.
#include "ops/scaling.h"

#include "ops/pointwise.h"
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

Status expect_broadcasts(Inference& inference, size_t i) {
  const expr::Shape &from = inference.in(i).shape, &to = inference.in(0).shape;
  if (broadcasts_to(from, to)) return {};
  return inference.diag.fail(Code::InvalidModel, "input {} of shape {} does not broadcast to {}", i,
                             text(inference, from), text(inference, to));
}

/// Refuses a scale or zero point that has neither one element nor one each of the axis.
Status expect_per_axis(Inference& inference, size_t i, int64_t axis) {
  const expr::Shape &vector = inference.in(i).shape, &x = inference.in(0).shape;
  const Expr count = expr::volume(vector);
  if (vector.size() <= 1 && (axis < 0 || vector.empty()) && can_equal(count, Expr(1))) return {};
  if (axis >= 0 && vector.size() <= 1) {
    TENON_TRY(expect_axis(inference, axis, x.size()));
    if (can_equal(count, x[static_cast<size_t>(axis)]) || count == Expr(1)) return {};
  }
  return inference.diag.fail(Code::InvalidModel,
                             "input {} has shape {}, but needs one element, or one for each of an "
                             "axis of {} that is set (axis is {})",
                             i, text(inference, vector), text(inference, x), axis);
}

}  // namespace

Status infer(const ScaleShift&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 4));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1, 2, 3}));
  for (size_t i = 1; i < 4; ++i) {
    if (inference.has(i)) TENON_TRY(expect_broadcasts(inference, i));
  }
  inference.out(inference.in(0).dtype, inference.in(0).shape);
  return {};
}

Status infer(const ParametricRelu&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  TENON_TRY(expect_type(inference, 0, is_number(inference.in(0).dtype), "a number"));
  TENON_TRY(expect_broadcasts(inference, 1));
  inference.out(inference.in(0).dtype, inference.in(0).shape);
  return {};
}

Status infer(const Quantize& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 3));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_floating(inference, 1));
  TENON_TRY(expect_per_axis(inference, 1, op.axis));
  if (op.to != DType::I8 && op.to != DType::U8) {
    return inference.diag.fail(Code::Unsupported, "cannot quantise to {}: i8 and u8 are supported",
                               to_string(op.to));
  }
  if (inference.has(2)) {
    TENON_TRY(expect_type(inference, 2, inference.in(2).dtype == op.to, "of the output's type"));
    TENON_TRY(expect_per_axis(inference, 2, op.axis));
  }
  inference.out(op.to, inference.in(0).shape);
  return {};
}

Status infer(const Dequantize& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 3));
  TENON_TRY(expect_type(inference, 0, is_integer(inference.in(0).dtype), "an integer"));
  TENON_TRY(expect_floating(inference, 1));
  TENON_TRY(expect_per_axis(inference, 1, op.axis));
  if (inference.has(2)) {
    TENON_TRY(expect_same_type(inference, {0, 2}));
    TENON_TRY(expect_per_axis(inference, 2, op.axis));
  }
  if (!is_floating(op.to)) {
    return inference.diag.fail(Code::InvalidModel, "cannot dequantise to {}: take a floating type",
                               to_string(op.to));
  }
  inference.out(op.to, inference.in(0).shape);
  return {};
}

Status infer(const Bitwise&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  const TensorType &a = inference.in(0), &b = inference.in(1);
  TENON_TRY(expect_type(inference, 0, is_integer(a.dtype), "an integer"));
  auto shape = broadcast(a.shape, b.shape);
  if (!shape) {
    return inference.diag.fail(Code::InvalidModel, "shapes {} and {} do not broadcast",
                               text(inference, a.shape), text(inference, b.shape));
  }
  inference.out(a.dtype, std::move(*shape));
  return {};
}

}  // namespace tenon::ops
