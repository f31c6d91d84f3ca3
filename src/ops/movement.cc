// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types, shapes and content of operators that move elements.
#include "ops/movement.h"

#include <limits>

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

/// Refuses unless `count` entries stand for the axes of input 0.
Status expect_per_axis(const char* what, size_t count, Inference& inference) {
  const size_t rank = inference.in(0).shape.size();
  if (count == rank) return {};
  return inference.diag.fail(Code::InvalidModel, "{} has {} entries, but the input has rank {}",
                             what, count, rank);
}

}  // namespace

Status infer(const Reshape& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  if (!can_equal(expr::volume(x.shape), expr::volume(op.target))) {
    return inference.diag.fail(Code::InvalidModel,
                               "shape {} has {} elements and cannot become {}, which has {}",
                               text(inference, x.shape), expr::volume(x.shape).constant(),
                               text(inference, op.target), expr::volume(op.target).constant());
  }
  inference.outputs.push_back({x.dtype, op.target, x.content});
  return {};
}

Status infer(const Transpose& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_per_axis("perm", static_cast<size_t>(op.perm.rank()), inference));
  const TensorType& x = inference.in(0);
  expr::Shape shape;
  uint32_t seen = 0;
  for (const int64_t axis : op.perm) {
    TENON_TRY(expect_axis(inference, axis, x.shape.size()));
    seen |= 1U << axis;
    shape.push_back(x.shape[static_cast<size_t>(axis)]);
  }
  if (seen != (1U << op.perm.rank()) - 1) {
    return inference.diag.fail(Code::InvalidModel, "perm {} names an axis twice",
                               to_string(op.perm));
  }
  inference.out(x.dtype, std::move(shape));
  if (x.shape.size() < 2) inference.outputs.back().content = x.content;
  return {};
}

Status infer(const Concat& op, Inference& inference) {
  const size_t count = inference.inputs.size();
  TENON_TRY(expect_inputs(inference, std::max<size_t>(count, 1), count));
  TensorType result = inference.in(0);
  TENON_TRY(expect_axis(inference, op.axis, result.shape.size()));
  const auto joined = static_cast<size_t>(op.axis);
  for (size_t i = 1; i < count; ++i) {
    TENON_TRY(expect_same_type(inference, {0, i}));
    const TensorType& x = inference.in(i);
    bool fits = x.shape.size() == result.shape.size();
    for (size_t axis = 0; fits && axis < x.shape.size(); ++axis) {
      Expr& extent = result.shape[axis];
      fits = axis == joined || can_equal(extent, x.shape[axis]);
      extent = axis == joined ? extent + x.shape[axis] : known(extent, x.shape[axis]);
    }
    if (!fits) {
      return inference.diag.fail(Code::InvalidModel,
                                 "inputs 0 and {} have shapes {} and {}, which differ outside axis "
                                 "{}",
                                 i, text(inference, inference.in(0).shape),
                                 text(inference, x.shape), op.axis);
    }
    if (result.content && x.content && result.content->size() + x.content->size() <= kMaxContent) {
      result.content->insert(result.content->end(), x.content->begin(), x.content->end());
    } else {
      result.content.reset();
    }
  }
  if (result.shape.size() != 1) result.content.reset();
  inference.outputs.push_back(std::move(result));
  return {};
}

namespace {

Status expect_slice(const Slice& op, size_t axis, const Expr& extent, Inference& inference) {
  const int64_t step = op.steps[static_cast<int>(axis)];
  if (step == 0) {
    return inference.diag.fail(Code::InvalidModel, "the step of axis {} is 0", axis);
  }
  const Expr &start = op.starts[axis], &size = op.sizes[axis];
  if (!start.is_constant() || !size.is_constant() || size.constant() == 0) return {};
  const Expr last = start + (size - 1) * step;
  const bool below = (start.constant() < 0) || (last.is_constant() && last.constant() < 0);
  const bool above = extent.is_constant() && (start.constant() >= extent.constant() ||
                                              last.constant() >= extent.constant());
  if (!below && !above && last.is_constant() && size.constant() > 0) return {};
  return inference.diag.fail(
      Code::InvalidModel,
      "takes {} elements from {} on by steps of {} along axis {}, whose extent is {}",
      size.constant(), start.constant(), step, axis, expr::to_string(extent, inference.symbols));
}

std::optional<Content> sliced(const Slice& op, const TensorType& x) {
  if (!x.content || x.shape.size() != 1) return std::nullopt;
  if (!op.starts[0].is_constant() || !op.sizes[0].is_constant()) return std::nullopt;
  Content content;
  for (int64_t i = 0; i < op.sizes[0].constant(); ++i) {
    const int64_t at = op.starts[0].constant() + i * op.steps[0];
    content.push_back(x.content->at(static_cast<size_t>(at)));
  }
  return content;
}

}  // namespace

Status infer(const Slice& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_per_axis("starts", op.starts.size(), inference));
  TENON_TRY(expect_per_axis("sizes", op.sizes.size(), inference));
  TENON_TRY(expect_per_axis("steps", static_cast<size_t>(op.steps.rank()), inference));
  const TensorType& x = inference.in(0);
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    TENON_TRY(expect_slice(op, axis, x.shape[axis], inference));
  }
  inference.outputs.push_back({x.dtype, op.sizes, sliced(op, x)});
  return {};
}

Status infer(const Gather& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  const TensorType &data = inference.in(0), &indices = inference.in(1);
  TENON_TRY(expect_axis(inference, op.axis, data.shape.size()));
  TENON_TRY(expect_type(inference, 1, indices.dtype == DType::I32 || indices.dtype == DType::I64,
                        "i32 or i64"));
  const auto axis = static_cast<std::ptrdiff_t>(op.axis);
  const auto batch = static_cast<std::ptrdiff_t>(op.batch_dims);
  const bool shared =
      batch >= 0 && batch <= axis && static_cast<size_t>(batch) <= indices.shape.size() &&
      std::equal(data.shape.begin(), data.shape.begin() + batch, indices.shape.begin());
  if (!shared) {
    return inference.diag.fail(
        Code::InvalidModel,
        "{} leading axes of data and indices are not the same, or not before "
        "axis {}: shapes {} and {}",
        op.batch_dims, op.axis, expr::to_string(data.shape, inference.symbols),
        expr::to_string(indices.shape, inference.symbols));
  }
  const Expr extent = data.shape[static_cast<size_t>(op.axis)];
  if (indices.content && extent.is_constant()) {
    for (const Expr& index : *indices.content) {
      if (!index.is_constant() ||
          (index.constant() >= -extent.constant() && index.constant() < extent.constant())) {
        continue;
      }
      return inference.diag.fail(Code::InvalidModel,
                                 "index {} is out of range for axis {}, whose extent is {}",
                                 index.constant(), op.axis, extent.constant());
    }
  }
  expr::Shape shape(data.shape.begin(), data.shape.begin() + axis);
  shape.insert(shape.end(), indices.shape.begin() + batch, indices.shape.end());
  shape.insert(shape.end(), data.shape.begin() + axis + 1, data.shape.end());
  inference.out(data.dtype, std::move(shape));
  if (!data.content || data.shape.size() != 1 || !indices.content) return {};
  Content content;
  for (const Expr& index : *indices.content) {
    if (!index.is_constant()) return {};
    const auto size = static_cast<int64_t>(data.content->size());
    const int64_t at = index.constant() < 0 ? index.constant() + size : index.constant();
    content.push_back((*data.content)[static_cast<size_t>(at)]);
  }
  inference.outputs.back().content = std::move(content);
  return {};
}

Status infer(const Expand& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  if (!broadcasts_to(x.shape, op.target)) {
    return inference.diag.fail(Code::InvalidModel, "shape {} does not broadcast to {}",
                               text(inference, x.shape), text(inference, op.target));
  }
  inference.out(x.dtype, op.target);
  if (x.content) inference.outputs.back().content = spread(*x.content, x.shape, op.target);
  return {};
}

Status infer(const Pad& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_per_axis("begin", static_cast<size_t>(op.begin.rank()), inference));
  TENON_TRY(expect_per_axis("end", static_cast<size_t>(op.end.rank()), inference));
  const TensorType& x = inference.in(0);
  expr::Shape shape;
  for (int i = 0; i < op.begin.rank(); ++i) {
    const Expr& extent = x.shape[static_cast<size_t>(i)];
    // What is left of the input once negative pads have cut it.
    const Expr kept =
        extent + (std::min<int64_t>(op.begin[i], 0) + std::min<int64_t>(op.end[i], 0));
    const int64_t added = std::max(op.begin[i], op.end[i]);
    const int64_t least = added <= 0 || op.mode == PadMode::Constant ? 0
                          : op.mode == PadMode::Edge                 ? 1
                                                                     : added + 1;
    if (kept.is_constant() && kept.constant() < least) {
      return inference.diag.fail(Code::InvalidModel,
                                 "pads {} and {} in mode {} need at least {} elements along axis "
                                 "{}, but {} are there",
                                 op.begin[i], op.end[i], to_string(op.mode), least, i,
                                 kept.constant());
    }
    shape.push_back(extent + op.begin[i] + op.end[i]);
  }
  inference.out(x.dtype, std::move(shape));
  return {};
}

namespace {

/// Content after a conversion; nothing when a number does not fit.
std::optional<Content> converted(const Content& content, DType to) {
  if (is_floating(to) || is_storage(to)) return std::nullopt;
  Content result;
  for (const Expr& e : content) {
    if (to == DType::Bool) {
      result.push_back(1 - combine(expr::Op::Equal, e, 0));
      continue;
    }
    const int bits = bit_width(to);
    const bool is_signed = to != DType::U8;
    if (e.is_constant() && bits < 64) {
      const int64_t least = is_signed ? -(int64_t{1} << (bits - 1)) : 0;
      const int64_t most = (int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
      if (e.constant() < least || e.constant() > most) return std::nullopt;
    }
    result.push_back(e);
  }
  return result;
}

}  // namespace

Status infer(const Cast& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  inference.out(op.to, x.shape);
  if (x.content) inference.outputs.back().content = converted(*x.content, op.to);
  return {};
}

Status infer(const Identity&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  inference.outputs.push_back(inference.in(0));
  return {};
}

Status infer(const Shape&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const expr::Shape& x = inference.in(0).shape;
  const auto rank = static_cast<int64_t>(x.size());
  inference.outputs.push_back({DType::I64, expr::Shape{rank}, Content(x.begin(), x.end())});
  return {};
}

Status infer(const Constant& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 0, 0));
  if (!op.data) return inference.diag.fail(Code::InvalidModel, "has no data");
  const size_t needed = byte_size(op.data->dtype(), static_cast<size_t>(op.data->count()));
  if (op.data->bytes().size() != needed) {
    return inference.diag.fail(
        Code::InvalidModel, "{} of shape {} takes {} bytes, but {} are given",
        to_string(op.data->dtype()), to_string(op.data->dims()), needed, op.data->bytes().size());
  }
  inference.outputs.push_back(
      {op.data->dtype(), expr::to_shape(op.data->dims()), content_of(*op.data)});
  return {};
}

}  // namespace tenon::ops
