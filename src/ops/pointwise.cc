// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of operators that work element by element.
#include "ops/pointwise.h"

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

std::optional<expr::Shape> broadcast(const expr::Shape& a, const expr::Shape& b) {
  const expr::Shape& longer = a.size() >= b.size() ? a : b;
  const expr::Shape& shorter = a.size() >= b.size() ? b : a;
  expr::Shape shape = longer;
  const size_t lead = longer.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i) {
    const Expr &x = longer[lead + i], &y = shorter[i];
    if (x == y || y == Expr(1)) continue;
    if (x == Expr(1)) {
      shape[lead + i] = y;
    } else if (!can_equal(x, y)) {
      return std::nullopt;
    } else {
      // One is unknown: it will turn out equal to the other, or 1.
      shape[lead + i] = x.is_constant() || y.is_constant() ? known(x, y) : expr::max(x, y);
    }
  }
  return shape;
}

namespace {

Status expect_broadcast(Inference& inference, const expr::Shape& a, const expr::Shape& b,
                        expr::Shape& shape) {
  if (auto both = broadcast(a, b)) return shape = std::move(*both), Status{};
  return inference.diag.fail(Code::InvalidModel, "shapes {} and {} do not broadcast",
                             text(inference, a), text(inference, b));
}

bool is_comparison(ElementWiseKind kind) {
  return kind == ElementWiseKind::Equal || kind == ElementWiseKind::Less ||
         kind == ElementWiseKind::Greater || kind == ElementWiseKind::LessOrEqual ||
         kind == ElementWiseKind::GreaterOrEqual;
}
bool is_logic(ElementWiseKind kind) {
  return kind == ElementWiseKind::And || kind == ElementWiseKind::Or ||
         kind == ElementWiseKind::Xor;
}
bool is_test(UnaryKind kind) { return kind == UnaryKind::IsInf || kind == UnaryKind::IsNan; }

/// a / b rounded towards zero.
std::optional<Expr> truncating_division(const Expr& a, const Expr& b,
                                        const expr::SymbolTable& symbols) {
  if (a.is_constant() && b.is_constant()) {
    if (b.constant() == 0 || (b.constant() == -1 && a.constant() == INT64_MIN)) return std::nullopt;
    return Expr(a.constant() / b.constant());
  }
  const auto by = [&](const Expr& divisor) {
    if (expr::never_negative(a, symbols)) return expr::floor_div(a, divisor);
    return expr::floor_div(expr::max(a, 0), divisor) + expr::ceil_div(expr::min(a, 0), divisor);
  };
  if (expr::never_negative(b, symbols)) return by(b);
  return by(expr::max(b, 0 - b)) * (1 - 2 * combine(expr::Op::Less, b, 0));
}

std::optional<Expr> combined(ElementWiseKind kind, const Expr& a, const Expr& b,
                             const expr::SymbolTable& symbols) {
  switch (kind) {
    case ElementWiseKind::Add:
      return a + b;
    case ElementWiseKind::Sub:
      return a - b;
    case ElementWiseKind::Mul:
    case ElementWiseKind::And:
      return a * b;
    case ElementWiseKind::Div:
      return truncating_division(a, b, symbols);
    case ElementWiseKind::FloorDiv:
      return expr::floor_div(a, b);
    case ElementWiseKind::Mod:
      return a - expr::floor_div(a, b) * b;
    case ElementWiseKind::Max:
    case ElementWiseKind::Or:
      return expr::max(a, b);
    case ElementWiseKind::Min:
      return expr::min(a, b);
    case ElementWiseKind::Equal:
      return combine(expr::Op::Equal, a, b);
    case ElementWiseKind::Xor:
      return 1 - combine(expr::Op::Equal, a, b);
    case ElementWiseKind::Less:
      return combine(expr::Op::Less, a, b);
    case ElementWiseKind::Greater:
      return combine(expr::Op::Less, b, a);
    case ElementWiseKind::LessOrEqual:
      return 1 - combine(expr::Op::Less, b, a);
    case ElementWiseKind::GreaterOrEqual:
      return 1 - combine(expr::Op::Less, a, b);
    case ElementWiseKind::Pow:
    case ElementWiseKind::Fmod:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Content> combined(ElementWiseKind kind, const TensorType& a, const TensorType& b,
                                const expr::Shape& shape, const expr::SymbolTable& symbols) {
  if (!a.content || !b.content) return std::nullopt;
  const auto x = spread(*a.content, a.shape, shape), y = spread(*b.content, b.shape, shape);
  if (!x || !y) return std::nullopt;
  Content content;
  for (size_t i = 0; i < x->size(); ++i) {
    auto e = combined(kind, (*x)[i], (*y)[i], symbols);
    if (!e) return std::nullopt;
    content.push_back(std::move(*e));
  }
  return content;
}

}  // namespace

Status infer(const Unary& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  const bool whole =
      op.kind == UnaryKind::Abs || op.kind == UnaryKind::Neg || op.kind == UnaryKind::Sign;
  if (op.kind == UnaryKind::Not) {
    TENON_TRY(expect_type(inference, 0, x.dtype == DType::Bool, "bool"));
  } else if (whole) {
    TENON_TRY(expect_type(inference, 0, is_number(x.dtype), "a number"));
  } else {
    TENON_TRY(expect_floating(inference, 0));
  }
  inference.out(is_test(op.kind) ? DType::Bool : x.dtype, x.shape);
  if (!x.content || (!whole && op.kind != UnaryKind::Not)) return {};
  Content content;
  for (const Expr& e : *x.content) {
    if (op.kind == UnaryKind::Abs) content.push_back(expr::max(e, 0 - e));
    if (op.kind == UnaryKind::Neg) content.push_back(0 - e);
    if (op.kind == UnaryKind::Not) content.push_back(1 - e);
    if (op.kind == UnaryKind::Sign) {
      content.push_back(combine(expr::Op::Less, 0, e) - combine(expr::Op::Less, e, 0));
    }
  }
  inference.outputs.back().content = std::move(content);
  return {};
}

Status infer(const ElementWise& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 2, 2));
  TENON_TRY(expect_same_type(inference, {0, 1}));
  const TensorType &a = inference.in(0), &b = inference.in(1);
  if (is_logic(op.kind)) {
    TENON_TRY(expect_type(inference, 0, a.dtype == DType::Bool, "bool"));
  } else if (op.kind != ElementWiseKind::Equal) {
    TENON_TRY(expect_type(inference, 0, is_number(a.dtype), "a number"));
  }
  expr::Shape shape;
  TENON_TRY(expect_broadcast(inference, a.shape, b.shape, shape));
  auto content = combined(op.kind, a, b, shape, inference.symbols);
  inference.out(is_comparison(op.kind) ? DType::Bool : a.dtype, std::move(shape));
  inference.outputs.back().content = std::move(content);
  return {};
}

Status infer(const Select&, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 3, 3));
  const TensorType &condition = inference.in(0), &a = inference.in(1), &b = inference.in(2);
  TENON_TRY(expect_type(inference, 0, condition.dtype == DType::Bool, "bool"));
  TENON_TRY(expect_same_type(inference, {1, 2}));
  expr::Shape shape;
  TENON_TRY(expect_broadcast(inference, a.shape, b.shape, shape));
  TENON_TRY(expect_broadcast(inference, shape, condition.shape, shape));
  inference.out(a.dtype, shape);
  if (!condition.content || !a.content || !b.content) return {};
  const auto c = spread(*condition.content, condition.shape, shape);
  const auto x = spread(*a.content, a.shape, shape), y = spread(*b.content, b.shape, shape);
  if (!c || !x || !y) return {};
  Content content;
  for (size_t i = 0; i < c->size(); ++i) {
    content.push_back((*c)[i] * (*x)[i] + (1 - (*c)[i]) * (*y)[i]);
  }
  inference.outputs.back().content = std::move(content);
  return {};
}

namespace {

Status expect_kind(const PointwiseStep& step, size_t at, Inference& inference) {
  size_t count = 1;
  bool real = true;
  if (step.code == PointwiseCode::Unary) {
    count = kNamesOf<UnaryKind>.size();
    const auto kind = static_cast<UnaryKind>(step.kind);
    real = !is_test(kind) && kind != UnaryKind::Not;
  } else if (step.code == PointwiseCode::Activation) {
    count = kNamesOf<ActivationKind>.size();
  } else if (step.code == PointwiseCode::ElementWise) {
    count = kNamesOf<ElementWiseKind>.size();
    const auto kind = static_cast<ElementWiseKind>(step.kind);
    real = !is_comparison(kind) && !is_logic(kind);
  }
  if (step.kind >= 0 && static_cast<uint64_t>(step.kind) < count && real) return {};
  return inference.diag.fail(Code::InvalidModel,
                             "step {} has kind {}, which is no {} of real numbers", at, step.kind,
                             to_string(step.code));
}

Status expect_operands(const PointwiseStep& step, size_t at, Inference& inference) {
  const auto below = [](int64_t operand, size_t count) {
    return operand >= 0 && static_cast<uint64_t>(operand) < count;
  };
  const bool load = step.code == PointwiseCode::Load;
  bool sound = below(step.lhs, load ? inference.inputs.size() : at);
  if (step.code == PointwiseCode::ElementWise) sound = sound && below(step.rhs, at);
  if (sound) return {};
  return inference.diag.fail(Code::InvalidModel, "step {} ({}) reads what is not there yet", at,
                             to_string(step.code));
}

}  // namespace

Status infer(const Pointwise& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, inference.inputs.size(), inference.inputs.size()));
  if (op.steps.empty()) return inference.diag.fail(Code::InvalidModel, "has no steps");
  for (size_t i = 0; i < op.steps.size(); ++i) {
    TENON_TRY(expect_kind(op.steps[i], i, inference));
    TENON_TRY(expect_operands(op.steps[i], i, inference));
  }
  expr::Shape shape;
  const DType dtype = inference.inputs.empty() ? DType::F32 : inference.in(0).dtype;
  const bool known = dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    const bool fits = known && inference.in(i).dtype == dtype;
    TENON_TRY(expect_type(inference, i, fits, "f32, f16 or bf16, all alike"));
    TENON_TRY(expect_broadcast(inference, shape, inference.in(i).shape, shape));
  }
  inference.out(dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
