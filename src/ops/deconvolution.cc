// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of transposed convolutions.
#include <cstdint>

#include "ops/convolution.h"
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

/// The output's extent along spatial axis i.
Expr deconvolved(const Deconvolution& op, int i, const Expr& extent) {
  const int64_t span = (op.kernel[i] - 1) * op.dilations[i] + 1;
  return (extent - 1) * op.strides[i] + (span - op.pads_begin[i] - op.pads_end[i]);
}

}  // namespace

Status infer(const Deconvolution& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 3));
  TENON_TRY(expect_floating(inference, kConvX));
  TENON_TRY(expect_same_type(inference, {kConvX, kConvWeight, kConvBias}));
  const expr::Shape &x = inference.in(kConvX).shape, &w = inference.in(kConvWeight).shape;
  // Any extent will do: no window has to fit into the input.
  expr::Shape open = x;
  for (size_t i = 2; i < open.size(); ++i) open[i] = Expr::symbol(UINT32_MAX);
  const Window window{op.kernel, op.strides, op.pads_begin, op.pads_end, op.dilations};
  TENON_TRY(expect_window(window, open, inference));
  bool fits = w.size() == x.size() && op.groups > 0 && can_equal(w[0], x[1]) &&
              (!x[1].is_constant() || x[1].constant() % op.groups == 0);
  for (size_t i = 2; fits && i < w.size(); ++i) {
    fits = can_equal(w[i], op.kernel[static_cast<int>(i) - 2]);
  }
  if (!fits) {
    return inference.diag.fail(
        Code::InvalidModel,
        "weights of shape {} do not suit an input of shape {}, kernel {} and {} "
        "groups: they must be [C, M / groups, kernel…]",
        text(inference, w), text(inference, x), to_string(op.kernel), op.groups);
  }
  const Expr channels = w[1] * op.groups;
  expr::Shape shape{x[0], channels};
  for (int i = 0; i < op.kernel.rank(); ++i) {
    shape.push_back(deconvolved(op, i, x[static_cast<size_t>(i) + 2]));
  }
  TENON_TRY(expect_bias(inference, kConvBias, channels));
  inference.out(inference.in(kConvX).dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
