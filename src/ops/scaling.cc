// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of scaling, quantisation and bits.
#include "ops/scaling.h"

#include <algorithm>

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

/// True if `entries` stand for blocks of x.
bool are_blocks(const expr::Shape& entries, const expr::Shape& x) {
  if (entries.size() != x.size() || x.size() < 2) return false;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!entries[i].is_constant() || !x[i].is_constant()) {
      if (!(entries[i] == x[i])) return false;
    } else if (entries[i].constant() <= 0 || x[i].constant() % entries[i].constant() != 0) {
      return false;
    }
  }
  return true;
}

/// Refuses a scale or zero point that has neither one element, nor one each of the axis or block.
Status expect_per_axis(Inference& inference, size_t i, int64_t axis) {
  const expr::Shape &vector = inference.in(i).shape, &x = inference.in(0).shape;
  if (are_blocks(vector, x)) return {};
  const Expr count = expr::volume(vector);
  if (vector.size() <= 1 && (axis < 0 || vector.empty()) && can_equal(count, Expr(1))) return {};
  if (axis >= 0 && vector.size() <= 1) {
    TENON_TRY(expect_axis(inference, axis, x.size()));
    if (can_equal(count, x[static_cast<size_t>(axis)]) || count == Expr(1)) return {};
  }
  return inference.diag.fail(Code::InvalidModel,
                             "input {} has shape {}, but needs one element, or one for each of an "
                             "axis of {} that is set (axis is {}), or for each of its blocks",
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
  const bool small = op.to == DType::I8 || op.to == DType::U8 || op.to == DType::I16;
  if ((!small && !is_storage(op.to)) || op.to == DType::F8E8M0) {
    return inference.diag.fail(Code::Unsupported,
                               "cannot quantise to {}: integers of at most 16 bits, f8e4m3, f8e5m2 "
                               "and f4e2m1 are supported",
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
  const DType kept = inference.in(0).dtype;
  TENON_TRY(expect_type(inference, 0, is_integer(kept) || is_storage(kept),
                        "an integer or a type of storage"));
  TENON_TRY(expect_floating(inference, 1));
  TENON_TRY(expect_per_axis(inference, 1, op.axis));
  if (inference.has(2)) {
    TENON_TRY(expect_same_type(inference, {0, 2}));
    TENON_TRY(expect_per_axis(inference, 2, op.axis));
  }
  if (!is_floating(op.to) || is_storage(op.to)) {
    return inference.diag.fail(Code::InvalidModel, "cannot dequantise to {}: take a floating type",
                               to_string(op.to));
  }
  inference.out(op.to, inference.in(0).shape);
  return {};
}

Status infer(const DynamicQuantize& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  TENON_TRY(expect_floating(inference, 0));
  const expr::Shape& x = inference.in(0).shape;
  const bool types = (op.to == DType::F4E2M1 || op.to == DType::F8E4M3) &&
                     (op.scale == DType::F8E4M3 || op.scale == DType::F8E8M0);
  if (!types) {
    return inference.diag.fail(Code::Unsupported,
                               "blocks are of f4e2m1 or f8e4m3 with scales of f8e4m3 or f8e8m0, "
                               "but {} with {} is asked for",
                               to_string(op.to), to_string(op.scale));
  }
  const auto positive = [](int64_t extent) { return extent > 0; };
  if (static_cast<size_t>(op.block.rank()) != x.size() || x.empty() ||
      !std::all_of(op.block.begin(), op.block.end(), positive)) {
    return inference.diag.fail(Code::InvalidModel,
                               "blocks are {}, but need an extent of 1 or more for each axis of {}",
                               to_string(op.block), text(inference, x));
  }
  if (inference.has(1)) {
    TENON_TRY(expect_floating(inference, 1));
    TENON_TRY(expect_per_axis(inference, 1, -1));
  }
  expr::Shape scales;
  for (size_t i = 0; i < x.size(); ++i) {
    scales.push_back(expr::ceil_div(x[i], Expr(op.block[static_cast<int>(i)])));
  }
  inference.out(op.to, x);
  inference.out(op.scale, std::move(scales));
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
