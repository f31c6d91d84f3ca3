// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of softmax, reductions and batch normalisation.
#include "ops/reduction.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

Status infer(const Softmax& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  TENON_TRY(expect_floating(inference, 0));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_axis(inference, op.axis, x.shape.size()));
  inference.out(x.dtype, x.shape);
  return {};
}

namespace {

/// Content of a reduced vector of integers.
std::optional<Content> reduced(ReduceKind kind, const Content& content) {
  Expr result = kind == ReduceKind::Prod ? 1 : 0;
  if (kind == ReduceKind::Max || kind == ReduceKind::Min) {
    if (content.empty()) return std::nullopt;
    result = content[0];
  }
  for (const Expr& e : content) {
    switch (kind) {
      case ReduceKind::Prod:
        result = result * e;
        break;
      case ReduceKind::Sum:
        result = result + e;
        break;
      case ReduceKind::Max:
        result = expr::max(result, e);
        break;
      case ReduceKind::Min:
        result = expr::min(result, e);
        break;
      default:
        return std::nullopt;
    }
  }
  return Content{result};
}

}  // namespace

Status infer(const Reduce& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  const bool real = op.kind == ReduceKind::L2 || op.kind == ReduceKind::LogSum ||
                    op.kind == ReduceKind::LogSumExp;
  if (real) {
    TENON_TRY(expect_floating(inference, 0));
  } else {
    TENON_TRY(expect_type(inference, 0, is_number(x.dtype), "a number"));
  }
  TENON_TRY(expect_ascending_axes(inference, op.axes, x.shape.size()));
  expr::Shape shape;
  int next = 0;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    if (next < op.axes.rank() && op.axes[next] == static_cast<int64_t>(i)) {
      ++next;
      if (op.keep_dims) shape.emplace_back(1);
    } else {
      shape.push_back(x.shape[i]);
    }
  }
  inference.out(x.dtype, std::move(shape));
  if (x.content && x.shape.size() == 1 && op.axes.rank() == 1) {
    inference.outputs.back().content = reduced(op.kind, *x.content);
  }
  return {};
}

Status infer(const BatchNorm&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 5, 5));
  TENON_TRY(expect_floating(inference, 0));
  TENON_TRY(expect_same_type(inference, {0, 1, 2, 3, 4}));
  const TensorType& x = inference.in(0);
  if (x.shape.size() < 2) {
    return inference.diag.fail(Code::InvalidModel, "input 0 has shape {}, but must be [N, C, …]",
                               text(inference, x.shape));
  }
  for (size_t i = 1; i < 5; ++i) {
    const expr::Shape& vector = inference.in(i).shape;
    if (vector.size() == 1 && can_equal(vector[0], x.shape[1])) continue;
    return inference.diag.fail(
        Code::InvalidModel, "input {} has shape {}, but must be a vector of the {} channels", i,
        text(inference, vector), expr::to_string(x.shape[1], inference.symbols));
  }
  inference.out(x.dtype, x.shape);
  return {};
}

}  // namespace tenon::ops
