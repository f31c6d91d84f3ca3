// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of normalisations and running sums.
#include "ops/normalization.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

/// True if a scale or bias suits x, as far as can be told.
bool suits(const expr::Shape& vector, const expr::Shape& x, int64_t groups) {
  if (broadcasts_to(vector, x)) return true;
  if (groups == 1 || vector.size() != x.size()) return false;
  expr::Shape by_group = vector;
  if (!can_equal(by_group[1], Expr(groups))) return false;
  by_group[1] = 1;
  return broadcasts_to(by_group, x);
}

}  // namespace

Status infer(const Normalization& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 3));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1, 2}));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_ascending_axes(inference, op.axes, x.shape.size()));
  const bool grouped = op.groups != 1;
  const bool fits =
      !grouped || (op.groups > 0 && x.shape.size() >= 2 && x.shape.size() < 8 &&
                   (op.axes.empty() || op.axes[0] > 1) &&
                   (!x.shape[1].is_constant() || x.shape[1].constant() % op.groups == 0));
  if (!fits) {
    return inference.diag.fail(
        Code::InvalidModel,
        "an input of shape {} cannot be normalised in {} groups of channels "
        "over axes {}: the groups must divide axis 1, and axes lie behind it",
        text(inference, x.shape), op.groups, to_string(op.axes));
  }
  for (size_t i = 1; i < 3; ++i) {
    if (suits(inference.in(i).shape, x.shape, op.groups)) continue;
    return inference.diag.fail(Code::InvalidModel, "input {} of shape {} does not broadcast to {}",
                               i, text(inference, inference.in(i).shape), text(inference, x.shape));
  }
  inference.out(x.dtype, x.shape);
  return {};
}

Status infer(const Lrn& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_floating(inference, 0));
  const TensorType& x = inference.in(0);
  if (x.shape.size() < 2 || op.size < 1 || op.size > INT16_MAX) {
    return inference.diag.fail(Code::InvalidModel,
                               "a window of {} channels does not suit an input of shape {}",
                               op.size, text(inference, x.shape));
  }
  inference.out(x.dtype, x.shape);
  return {};
}

Status infer(const RaggedSoftmax&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_floating(inference, 0));
  const TensorType &x = inference.in(0), &bounds = inference.in(1);
  TENON_TRY(expect_type(inference, 1, bounds.dtype == DType::I32, "i32"));
  expr::Shape wanted = x.shape;
  if (!wanted.empty()) wanted.back() = 1;
  bool fits = !wanted.empty() && bounds.shape.size() == wanted.size();
  for (size_t i = 0; fits && i < wanted.size(); ++i) fits = can_equal(bounds.shape[i], wanted[i]);
  if (!fits) {
    return inference.diag.fail(Code::InvalidModel, "bounds have shape {}, but must have {}",
                               text(inference, bounds.shape), text(inference, wanted));
  }
  inference.out(x.dtype, x.shape);
  return {};
}

Status infer(const Cumulative& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_type(inference, 0, is_number(x.dtype), "a number"));
  TENON_TRY(expect_axis(inference, op.axis, x.shape.size()));
  inference.out(x.dtype, x.shape);
  return {};
}

}  // namespace tenon::ops
