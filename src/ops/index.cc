// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of operators that look for elements or address them.
#include "ops/index.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

Status expect_indices(Inference& inference, size_t i) {
  const DType type = inference.in(i).dtype;
  return expect_type(inference, i, type == DType::I32 || type == DType::I64, "i32 or i64");
}

/// Refuses any type of indices that are made but i32 and i64.
Status expect_index_type(Inference& inference, DType type) {
  if (type == DType::I32 || type == DType::I64) return {};
  return inference.diag.fail(Code::InvalidModel,
                             "indices of type {} cannot be made: i32 or i64 can", to_string(type));
}

/// Refuses parts that reach beyond `whole` along another axis than `axis`.
Status expect_within(Inference& inference, const expr::Shape& part, const expr::Shape& whole,
                     int64_t axis) {
  bool fits = part.size() == whole.size();
  for (size_t i = 0; fits && i < part.size(); ++i) {
    fits = static_cast<int64_t>(i) == axis || !part[i].is_constant() || !whole[i].is_constant() ||
           part[i].constant() <= whole[i].constant();
  }
  if (fits) return {};
  return inference.diag.fail(Code::InvalidModel,
                             "indices of shape {} do not fit data of shape {}: they need the same "
                             "rank, and no greater extents but along axis {}",
                             text(inference, part), text(inference, whole), axis);
}

Status expect_same_shape(Inference& inference, size_t i, const expr::Shape& wanted) {
  const expr::Shape& given = inference.in(i).shape;
  bool same = given.size() == wanted.size();
  for (size_t axis = 0; same && axis < given.size(); ++axis) {
    same = can_equal(given[axis], wanted[axis]);
  }
  if (same) return {};
  return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but must have {}", i,
                             text(inference, given), text(inference, wanted));
}

/// The length of the tuples in input 1; refuses one that is dynamic or names more axes than there
/// are.
Status expect_tuples(Inference& inference, size_t axes, size_t& length) {
  const expr::Shape& indices = inference.in(1).shape;
  const bool known = !indices.empty() && indices.back().is_constant();
  if (!known || indices.back().constant() < 0 ||
      static_cast<uint64_t>(indices.back().constant()) > axes) {
    return inference.diag.fail(
        Code::InvalidModel,
        "indices have shape {}: the last axis must have a fixed extent of at "
        "most {}, an index an axis",
        text(inference, indices), axes);
  }
  length = static_cast<size_t>(indices.back().constant());
  return {};
}

}  // namespace

Status infer(const TopK& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_type(inference, 0, is_number(x.dtype), "a number"));
  TENON_TRY(expect_axis(inference, op.axis, x.shape.size()));
  TENON_TRY(expect_index_type(inference, op.indices));
  expr::Shape shape = x.shape;
  Expr& extent = shape[static_cast<size_t>(op.axis)];
  const bool one = op.k.size() == 1;
  const bool known = one && op.k[0].is_constant();
  if (!one || (known && op.k[0].constant() < 0) ||
      (known && extent.is_constant() && op.k[0].constant() > extent.constant())) {
    return inference.diag.fail(
        Code::InvalidModel,
        "asks for {} elements of axis {}, whose extent is {}: ask for no more "
        "than there are",
        text(inference, op.k), op.axis, expr::to_string(extent, inference.symbols));
  }
  extent = op.k[0];
  inference.out(x.dtype, shape);
  inference.out(op.indices, std::move(shape));
  return {};
}

Status infer(const NonZero& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_index_type(inference, op.indices));
  const expr::Shape& x = inference.in(0).shape;
  const Expr count = inference.told_size(1, "non_zero", expr::volume(x));
  inference.out(op.indices, {static_cast<int64_t>(x.size()), count});
  inference.out(DType::I64, {});
  return {};
}

Status infer(const Scatter& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 3));
  TENON_TRY(expect_same_type(inference, {0, 2}));
  TENON_TRY(expect_indices(inference, 1));
  const TensorType &data = inference.in(0), &indices = inference.in(1);
  if (op.reduction != ScatterReduction::None) {
    TENON_TRY(expect_type(inference, 0, is_number(data.dtype), "a number"));
  }
  if (op.mode == ScatterMode::Elements) {
    TENON_TRY(expect_axis(inference, op.axis, data.shape.size()));
    TENON_TRY(expect_within(inference, indices.shape, data.shape, op.axis));
    TENON_TRY(expect_same_shape(inference, 2, indices.shape));
  } else {
    size_t length = 0;
    TENON_TRY(expect_tuples(inference, data.shape.size(), length));
    expr::Shape wanted(indices.shape.begin(), indices.shape.end() - 1);
    wanted.insert(wanted.end(), data.shape.begin() + static_cast<std::ptrdiff_t>(length),
                  data.shape.end());
    TENON_TRY(expect_same_shape(inference, 2, wanted));
  }
  inference.out(data.dtype, data.shape);
  return {};
}

Status infer(const GatherElements& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_indices(inference, 1));
  const TensorType &data = inference.in(0), &indices = inference.in(1);
  TENON_TRY(expect_axis(inference, op.axis, data.shape.size()));
  TENON_TRY(expect_within(inference, indices.shape, data.shape, op.axis));
  inference.out(data.dtype, indices.shape);
  return {};
}

Status infer(const GatherNd& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_indices(inference, 1));
  const TensorType &data = inference.in(0), &indices = inference.in(1);
  const size_t least = std::min(data.shape.size(), indices.shape.size());
  if (op.batch_dims < 0 || static_cast<uint64_t>(op.batch_dims) >= std::max<size_t>(least, 1)) {
    return inference.diag.fail(
        Code::InvalidModel,
        "{} batch axes are more than data of shape {} and indices of shape {} "
        "can share",
        op.batch_dims, text(inference, data.shape), text(inference, indices.shape));
  }
  const auto batch = static_cast<size_t>(op.batch_dims);
  for (size_t i = 0; i < batch; ++i) {
    if (can_equal(data.shape[i], indices.shape[i])) continue;
    return inference.diag.fail(Code::InvalidModel,
                               "data of shape {} and indices of shape {} differ in batch axis {}",
                               text(inference, data.shape), text(inference, indices.shape), i);
  }
  size_t length = 0;
  TENON_TRY(expect_tuples(inference, data.shape.size() - batch, length));
  expr::Shape shape(indices.shape.begin(), indices.shape.end() - 1);
  shape.insert(shape.end(), data.shape.begin() + static_cast<std::ptrdiff_t>(batch + length),
               data.shape.end());
  inference.out(data.dtype, std::move(shape));
  return {};
}

Status infer(const OneHot& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 3));
  TENON_TRY(expect_indices(inference, 0));
  const TensorType &indices = inference.in(0), &values = inference.in(1);
  TENON_TRY(expect_axis(inference, op.axis, indices.shape.size() + 1));
  if (values.shape.size() != 1 || !can_equal(values.shape[0], Expr(2))) {
    return inference.diag.fail(Code::InvalidModel, "values have shape {}, but must be [off, on]",
                               text(inference, values.shape));
  }
  if (op.depth.size() != 1 || (op.depth[0].is_constant() && op.depth[0].constant() < 0)) {
    return inference.diag.fail(Code::InvalidModel, "{} is no depth", text(inference, op.depth));
  }
  expr::Shape shape = indices.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(op.axis), op.depth[0]);
  inference.out(values.dtype, std::move(shape));
  return {};
}

Status infer(const ReverseSequence& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_indices(inference, 1));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_axis(inference, op.batch_axis, x.shape.size()));
  TENON_TRY(expect_axis(inference, op.sequence_axis, x.shape.size()));
  if (op.batch_axis == op.sequence_axis) {
    return inference.diag.fail(Code::InvalidModel, "axis {} cannot be batch and sequence both",
                               op.batch_axis);
  }
  TENON_TRY(expect_same_shape(inference, 1, {x.shape[static_cast<size_t>(op.batch_axis)]}));
  inference.out(x.dtype, x.shape);
  return {};
}

Status infer(const Unique& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  if (!op.flat) TENON_TRY(expect_axis(inference, op.axis, x.shape.size()));
  const auto axis = static_cast<size_t>(op.axis);
  const Expr all = op.flat ? expr::volume(x.shape) : x.shape[axis];
  const Expr count = inference.told_size(4, "unique", all);
  expr::Shape shape{count};
  if (!op.flat) {
    shape = x.shape;
    shape[axis] = count;
  }
  inference.out(x.dtype, std::move(shape));
  inference.out(DType::I64, {count});
  inference.out(DType::I64, {all});
  inference.out(DType::I64, {count});
  inference.out(DType::I64, {});
  return {};
}

}  // namespace tenon::ops
