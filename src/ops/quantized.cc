// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of quantised operators: those of the real ones they stand for.
#include "ops/quantized.h"

#include <cmath>

#include "ops/rule.h"

namespace tenon::ops {

namespace {

bool is_small(DType type) { return type == DType::I8 || type == DType::U8; }

Status expect_small(Inference& inference, size_t i) {
  if (!inference.has(i)) return {};
  return expect_type(inference, i, is_small(inference.in(i).dtype), "i8 or u8");
}

Status expect_grid(const Grid& grid, const char* whose, Inference& inference) {
  if (std::isfinite(grid.scale) && grid.scale > 0 && grid.zero >= -128 && grid.zero <= 255) {
    return {};
  }
  return inference.diag.fail(Code::InvalidModel,
                             "{} has scale {} and zero point {}: the scale must be positive, and "
                             "the zero point within the integers",
                             whose, grid.scale, grid.zero);
}

Status expect_output(DType to, bool real, Inference& inference) {
  if (is_small(to) || (real && to == DType::F32)) return {};
  return inference.diag.fail(Code::Unsupported, "cannot give {}: i8 and u8 are supported",
                             to_string(to));
}

/// Runs the rule of the operator on real numbers, and gives its output the type `to`.
template <class Real>
Status infer_as_real(const Real& op, size_t inputs, DType to, Inference& inference) {
  std::vector<TensorType> types(inputs);
  std::vector<const TensorType*> given(inputs, nullptr);
  for (size_t i = 0; i < inputs; ++i) {
    if (!inference.has(i)) continue;
    types[i] = {DType::F32, inference.in(i).shape, {}};
    given[i] = &types[i];
  }
  const std::vector<const ConstantData*> constants(inputs, nullptr);
  Inference real{given, constants, inference.symbols, inference.diag, {}};
  TENON_TRY(infer(op, real));
  inference.out(to, std::move(real.outputs[0].shape));
  return {};
}

/// What both products ask of their inputs.
Status expect_weighted(Inference& inference, size_t channel_axis) {
  TENON_TRY(expect_inputs(inference, 2, 5));
  TENON_TRY(expect_small(inference, kQuantX));
  TENON_TRY(
      expect_type(inference, kQuantWeight, inference.in(kQuantWeight).dtype == DType::I8, "i8"));
  TENON_TRY(expect_small(inference, kQuantResidual));
  for (const size_t i : {size_t{kQuantBias}, size_t{kQuantWeightScale}}) {
    if (!inference.has(i)) continue;
    TENON_TRY(expect_type(inference, i, inference.in(i).dtype == DType::F32, "f32"));
  }
  if (!inference.has(kQuantWeightScale)) {
    return inference.diag.fail(Code::InvalidModel, "input {}, the weights' scale, is missing",
                               static_cast<size_t>(kQuantWeightScale));
  }
  const expr::Shape& weights = inference.in(kQuantWeight).shape;
  const expr::Expr count = expr::volume(inference.in(kQuantWeightScale).shape);
  if (count == expr::Expr(1) ||
      (channel_axis < weights.size() && can_equal(count, weights[channel_axis]))) {
    return {};
  }
  return inference.diag.fail(Code::InvalidModel,
                             "the weights' scale has shape {}, but needs one element, or one an "
                             "output channel of weights {}",
                             text(inference, inference.in(kQuantWeightScale).shape),
                             text(inference, weights));
}

}  // namespace

Status infer(const QuantConvolution& op, Inference& inference) {
  TENON_TRY(expect_weighted(inference, 0));
  TENON_TRY(expect_output(op.to, true, inference));
  TENON_TRY(expect_grid(op.x, "the input", inference));
  TENON_TRY(expect_grid(op.residual, "the residual", inference));
  TENON_TRY(expect_grid(op.y, "the output", inference));
  TENON_TRY(expect_grid(op.between, "the sum before the residual", inference));
  if (op.rounds_between && !is_small(op.to)) {
    return inference.diag.fail(Code::InvalidModel,
                               "rounds before it adds its residual, and so must give i8 or u8, not "
                               "{}",
                               to_string(op.to));
  }
  return infer_as_real(op.convolution, 4, op.to, inference);
}

Status infer(const QuantMatMul& op, Inference& inference) {
  TENON_TRY(expect_weighted(inference, op.product.transpose_b ? 0 : 1));
  TENON_TRY(expect_output(op.to, true, inference));
  TENON_TRY(expect_grid(op.x, "the input", inference));
  TENON_TRY(expect_grid(op.y, "the output", inference));
  if (inference.has(kQuantResidual) || inference.in(kQuantWeight).shape.size() != 2) {
    return inference.diag.fail(Code::InvalidModel,
                               "takes a matrix of weights of shape {}, and no residual",
                               text(inference, inference.in(kQuantWeight).shape));
  }
  return infer_as_real(op.product, 3, op.to, inference);
}

Status infer(const QuantPooling& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_small(inference, 0));
  TENON_TRY(expect_output(op.to, false, inference));
  TENON_TRY(expect_grid(op.x, "the input", inference));
  TENON_TRY(expect_grid(op.y, "the output", inference));
  if (op.pooling.kind != PoolingKind::Average) {
    return inference.diag.fail(Code::InvalidModel,
                               "is no average: Pooling takes greatest integers");
  }
  return infer_as_real(op.pooling, 1, op.to, inference);
}

Status infer(const QuantSum& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  TENON_TRY(expect_small(inference, 0));
  TENON_TRY(expect_small(inference, 1));
  TENON_TRY(expect_output(op.to, false, inference));
  TENON_TRY(expect_grid(op.a, "input 0", inference));
  TENON_TRY(expect_grid(op.b, "input 1", inference));
  TENON_TRY(expect_grid(op.y, "the output", inference));
  TENON_TRY(expect_activation(op.activation, DType::F32, inference));
  const expr::Shape& shape = inference.in(0).shape;
  if (inference.has(1) && !broadcasts_to(inference.in(1).shape, shape)) {
    return inference.diag.fail(Code::InvalidModel, "inputs have shapes {} and {}",
                               text(inference, shape), text(inference, inference.in(1).shape));
  }
  if (inference.has(1) && inference.in(1).shape.size() != shape.size()) {
    return inference.diag.fail(Code::InvalidModel, "inputs have {} and {} axes", shape.size(),
                               inference.in(1).shape.size());
  }
  inference.out(op.to, shape);
  return {};
}

}  // namespace tenon::ops
