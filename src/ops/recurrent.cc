// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of recurrent layers.
#include "ops/recurrent.h"

#include <cmath>

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

Status expect_shape(Inference& inference, size_t i, const char* name, const expr::Shape& wanted) {
  if (!inference.has(i)) return {};
  const expr::Shape& given = inference.in(i).shape;
  bool same = given.size() == wanted.size();
  for (size_t axis = 0; same && axis < given.size(); ++axis) {
    same = can_equal(given[axis], wanted[axis]);
  }
  if (same) return {};
  return inference.diag.fail(Code::InvalidModel, "{} (input {}) has shape {}, but must have {}",
                             name, i, text(inference, given), text(inference, wanted));
}

}  // namespace

Status infer(const Recurrent& op, Inference& inference) {
  const bool lstm = op.kind == RecurrentKind::Lstm;
  TENON_TRY(expect_inputs(inference, 3, lstm ? 8 : 6));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {kSequence, kWeights, kRecurrence, kBias, kInitialHidden,
                                         kInitialCell, kPeepholes}));
  const TensorType& x = inference.in(kSequence);
  constexpr int64_t kMost = 1 << 24;
  if (x.shape.size() != 3 || op.hidden < 1 || op.hidden > kMost || !(op.clip >= 0)) {
    return inference.diag.fail(Code::InvalidModel,
                               "input 0 of shape {}, hidden size {} and clip {} do not suit: X is "
                               "[time, batch, features]",
                               text(inference, x.shape), op.hidden, op.clip);
  }
  const int64_t d = directions(op.direction), rows = gates(op.kind) * op.hidden;
  const Expr &time = x.shape[0], &batch = x.shape[1];
  TENON_TRY(expect_shape(inference, kWeights, "W", {d, rows, x.shape[2]}));
  TENON_TRY(expect_shape(inference, kRecurrence, "R", {d, rows, op.hidden}));
  TENON_TRY(expect_shape(inference, kBias, "B", {d, 2 * rows}));
  TENON_TRY(expect_shape(inference, kLengths, "sequence_lens", {batch}));
  TENON_TRY(expect_shape(inference, kInitialHidden, "initial_h", {d, batch, op.hidden}));
  TENON_TRY(expect_shape(inference, kInitialCell, "initial_c", {d, batch, op.hidden}));
  TENON_TRY(expect_shape(inference, kPeepholes, "P", {d, 3 * op.hidden}));
  if (inference.has(kLengths)) {
    TENON_TRY(expect_type(inference, kLengths, inference.in(kLengths).dtype == DType::I32, "i32"));
  }
  for (const Activation* one :
       {&op.f, &op.g, &op.h, &op.backward_f, &op.backward_g, &op.backward_h}) {
    TENON_TRY(expect_activation(*one, x.dtype, inference));
  }
  inference.out(x.dtype, {time, d, batch, op.hidden});
  inference.out(x.dtype, {d, batch, op.hidden});
  if (lstm) inference.out(x.dtype, {d, batch, op.hidden});
  return {};
}

}  // namespace tenon::ops
