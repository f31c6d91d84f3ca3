// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of matrix products.
#include "ops/mat_mul.h"

#include "ops/pointwise.h"
#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

Status infer(const MatMul& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 3));
  TENON_TRY(expect_same_type(inference, {0, 1, 2}));
  const TensorType &a = inference.in(0), &b = inference.in(1);
  TENON_TRY(expect_type(inference, 0, is_number(a.dtype), "a number"));
  TENON_TRY(expect_activation(op.activation, a.dtype, inference));
  for (size_t i = 0; i < 2; ++i) {
    if (!inference.in(i).shape.empty()) continue;
    return inference.diag.fail(Code::InvalidModel,
                               "input {} is a scalar, but must have at least one axis: multiply "
                               "element by element instead",
                               i);
  }
  expr::Shape left = a.shape, right = b.shape;
  const bool a_vector = left.size() == 1, b_vector = right.size() == 1;
  if ((a_vector && op.transpose_a) || (b_vector && op.transpose_b)) {
    return inference.diag.fail(Code::InvalidModel, "input {} is a vector and cannot be transposed",
                               a_vector && op.transpose_a ? 0 : 1);
  }
  if (a_vector) left.insert(left.begin(), Expr(1));
  if (b_vector) right.push_back(Expr(1));
  if (op.transpose_a) std::swap(left.end()[-1], left.end()[-2]);
  if (op.transpose_b) std::swap(right.end()[-1], right.end()[-2]);
  if (!can_equal(left.back(), right.end()[-2])) {
    return inference.diag.fail(Code::InvalidModel,
                               "inputs of shape {} and {} cannot be multiplied: {} columns meet {} "
                               "rows",
                               text(inference, a.shape), text(inference, b.shape),
                               left.back().constant(), right.end()[-2].constant());
  }
  auto shape = broadcast({left.begin(), left.end() - 2}, {right.begin(), right.end() - 2});
  if (!shape) {
    return inference.diag.fail(Code::InvalidModel,
                               "the leading axes of shapes {} and {} do not broadcast",
                               text(inference, a.shape), text(inference, b.shape));
  }
  if (!a_vector) shape->push_back(left.end()[-2]);
  if (!b_vector) shape->push_back(right.back());
  if (inference.has(2) && !broadcasts_to(inference.in(2).shape, *shape)) {
    return inference.diag.fail(Code::InvalidModel,
                               "the bias has shape {}, which does not broadcast to the output's {}",
                               text(inference, inference.in(2).shape), text(inference, *shape));
  }
  inference.out(a.dtype, std::move(*shape));
  return {};
}

expr::Shape as_matrices(const VectorProduct& op, size_t i, expr::Shape shape) {
  const bool vector = shape.size() == 1 || (i == 0 ? op.vector_a : op.vector_b);
  if (vector) shape.insert(i == 0 ? shape.end() - 1 : shape.end(), Expr(1));
  return shape;
}

Status infer(const VectorProduct& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TensorType operands[2];
  bool vector[2] = {op.vector_a, op.vector_b};
  for (size_t i = 0; i < 2; ++i) {
    const expr::Shape& shape = inference.in(i).shape;
    if (shape.empty()) {
      return inference.diag.fail(Code::InvalidModel,
                                 "input {} is a scalar, but must have at least one axis", i);
    }
    vector[i] = vector[i] || shape.size() == 1;
    if (vector[i] && (i == 0 ? op.transpose_a : op.transpose_b)) {
      return inference.diag.fail(Code::InvalidModel,
                                 "input {} is a vector and cannot be transposed", i);
    }
    operands[i] = {inference.in(i).dtype, as_matrices(op, i, shape), {}};
    if (operands[i].shape.size() > static_cast<size_t>(Dims::kMaxRank)) {
      return inference.diag.fail(Code::Unsupported,
                                 "input {} is a stack of vectors of rank {}: the most is {}", i,
                                 shape.size(), Dims::kMaxRank - 1);
    }
  }
  const TensorType* const inputs[] = {&operands[0], &operands[1]};
  const ConstantData* const constants[] = {nullptr, nullptr};
  Inference product{inputs, constants, inference.symbols, inference.diag, {}};
  TENON_TRY(infer(MatMul{op.transpose_a, op.transpose_b, {ActivationKind::None, 0, 0}}, product));
  expr::Shape& shape = product.outputs[0].shape;
  if (vector[0]) shape.erase(shape.end() - 2);
  if (vector[1]) shape.pop_back();
  inference.out(product.outputs[0].dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
