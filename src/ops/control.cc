// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types at the borders of loops and conditionals.
#include "ops/control.h"

#include "ops/rule.h"

namespace tenon::ops {

namespace {

/// Refuses input `i` unless it is one element of a type that `accepted` says is `wanted`.
Status expect_one(Inference& inference, size_t i, bool accepted, const char* wanted) {
  TENON_TRY(expect_type(inference, i, accepted, wanted));
  for (const expr::Expr& extent : inference.in(i).shape) {
    if (can_equal(extent, 1)) continue;
    return inference.diag.fail(Code::InvalidModel, "input {} has shape {}, but must be one number",
                               i, text(inference, inference.in(i).shape));
  }
  return {};
}

bool is_count(DType type) { return type == DType::I32 || type == DType::I64; }

}  // namespace

Status infer(const Recurrence&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 2));
  inference.out(inference.in(0).dtype, inference.in(0).shape);
  return {};
}

Status infer(const Iterator& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  expr::Shape shape = inference.in(0).shape;
  TENON_TRY(expect_axis(inference, op.axis, shape.size()));
  shape.erase(shape.begin() + op.axis);
  inference.out(inference.in(0).dtype, std::move(shape));
  return {};
}

Status infer(const TripLimit& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const DType type = inference.in(0).dtype;
  if (op.kind == TripLimitKind::While) {
    return expect_one(inference, 0, type == DType::Bool, "bool");
  }
  return expect_one(inference, 0, is_count(type), "i32 or i64");
}

Status infer(const LoopOutput& op, Inference& inference) {
  const bool last = op.kind == LoopOutputKind::Last;
  TENON_TRY(expect_inputs(inference, 1, last ? 1 : 2));
  expr::Shape shape = inference.in(0).shape;
  if (!last) {
    TENON_TRY(expect_axis(inference, op.axis, shape.size() + 1));
    expr::Expr length = inference.symbols.named("loop_" + std::to_string(op.loop) + ".length");
    if (inference.has(1)) {
      TENON_TRY(expect_one(inference, 1, is_count(inference.in(1).dtype), "i32 or i64"));
      const auto& content = inference.in(1).content;
      if (!content || content->size() != 1) {
        return inference.diag.fail(
            Code::Unsupported,
            "the length of a loop's output (input 1) does not follow from shapes, so that nobody "
            "knows how much room it needs: compute it from shapes, or make it a constant");
      }
      length = content->front();
    }
    if (op.exact) length = inference.symbols.data_dependent("trips", length, length);
    shape.insert(shape.begin() + op.axis, length);
  }
  inference.out(inference.in(0).dtype, std::move(shape));
  return {};
}

Status infer(const Condition&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  return expect_one(inference, 0, inference.in(0).dtype == DType::Bool, "bool");
}

Status infer(const ConditionalInput&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  inference.outputs.push_back(inference.in(0));
  return {};
}

expr::Expr either(const expr::Expr& then_extent, const expr::Expr& else_extent,
                  expr::SymbolTable& symbols) {
  if (then_extent == else_extent) return then_extent;
  const expr::Expr most = expr::combine(expr::Op::Max, then_extent, else_extent);
  return symbols.data_dependent("taken", most, most);
}

Status infer(const ConditionalOutput&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  const expr::Shape &a = inference.in(0).shape, &b = inference.in(1).shape;
  if (a.size() != b.size()) {
    return inference.diag.fail(Code::Unsupported,
                               "one branch gives shape {}, the other {}: both must have one rank",
                               text(inference, a), text(inference, b));
  }
  expr::Shape shape;
  for (size_t i = 0; i < a.size(); ++i) shape.push_back(either(a[i], b[i], inference.symbols));
  inference.out(inference.in(0).dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
