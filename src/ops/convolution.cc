// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of convolutions.
#include "ops/convolution.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

Status expect_weights(const Convolution& op, Inference& inference) {
  const expr::Shape &x = inference.in(kConvX).shape, &w = inference.in(kConvWeight).shape;
  if (w.size() != x.size()) {
    return inference.diag.fail(Code::InvalidModel,
                               "the weights have shape {}, but an input of shape {} needs rank {}",
                               text(inference, w), text(inference, x), x.size());
  }
  if (op.groups < 1) {
    return inference.diag.fail(Code::InvalidModel, "groups is {}, but must be at least 1",
                               op.groups);
  }
  if (!can_equal(x[1], w[1] * op.groups)) {
    return inference.diag.fail(Code::InvalidModel,
                               "the input has {} channels, but weights of shape {} in {} groups "
                               "take {}",
                               x[1].constant(), text(inference, w), op.groups,
                               (w[1] * op.groups).constant());
  }
  if (w[0].is_constant() && w[0].constant() % op.groups != 0) {
    return inference.diag.fail(Code::InvalidModel,
                               "{} output channels cannot be split into {} groups", w[0].constant(),
                               op.groups);
  }
  for (size_t i = 2; i < w.size(); ++i) {
    if (can_equal(w[i], op.kernel[static_cast<int>(i) - 2])) continue;
    return inference.diag.fail(Code::InvalidModel, "kernel is {}, but the weights have shape {}",
                               to_string(op.kernel), text(inference, w));
  }
  return {};
}

}  // namespace

Status infer(const Convolution& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 4));
  TENON_TRY(expect_floating(inference, kConvX));
  TENON_TRY(expect_same_type(inference, {kConvX, kConvWeight, kConvBias, kConvResidual}));
  const TensorType& x = inference.in(kConvX);
  const Window window{op.kernel, op.strides, op.pads_begin, op.pads_end, op.dilations};
  TENON_TRY(expect_window(window, x.shape, inference));
  TENON_TRY(expect_weights(op, inference));
  TENON_TRY(expect_activation(op.activation, x.dtype, inference));
  const Expr channels = inference.in(kConvWeight).shape[0];
  expr::Shape shape{x.shape[0], channels};
  for (int i = 0; i < op.kernel.rank(); ++i) {
    shape.push_back(window_count(window, i, x.shape[static_cast<size_t>(i) + 2], false));
  }
  TENON_TRY(expect_bias(inference, kConvBias, channels));
  if (inference.has(kConvResidual)) {
    const expr::Shape& residual = inference.in(kConvResidual).shape;
    bool fits = residual.size() == shape.size();
    for (size_t i = 0; fits && i < shape.size(); ++i) fits = can_equal(residual[i], shape[i]);
    if (!fits) {
      return inference.diag.fail(Code::InvalidModel,
                                 "the residual has shape {}, but the output has {}",
                                 text(inference, residual), text(inference, shape));
    }
  }
  inference.out(x.dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
