// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making and simplifying expressions.
#include "expr/expr.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace tenon::expr {

struct Expr::Node {
  bool symbol;
  SymbolId id;
  Op op;
  Expr lhs, rhs;
};

namespace {

bool is(const Expr& e, Op op) { return e.is_operation() && e.op() == op; }
bool commutes(Op op) {
  return op == Op::Sum || op == Op::Prod || op == Op::Max || op == Op::Min || op == Op::Equal;
}

}  // namespace

Expr Expr::symbol(SymbolId id) {
  Expr e;
  e.node_ = std::make_shared<const Node>(Node{true, id, Op::Sum, {}, {}});
  return e;
}

Expr raw_operation(Op op, Expr a, Expr b) {
  Expr e;
  e.node_ =
      std::make_shared<const Expr::Node>(Expr::Node{false, 0, op, std::move(a), std::move(b)});
  return e;
}

bool Expr::is_symbol() const noexcept { return node_ != nullptr && node_->symbol; }
SymbolId Expr::symbol_id() const noexcept { return node_->id; }
Op Expr::op() const noexcept { return node_->op; }
const Expr& Expr::lhs() const noexcept { return node_->lhs; }
const Expr& Expr::rhs() const noexcept { return node_->rhs; }

bool operator==(const Expr& a, const Expr& b) noexcept {
  if (a.node_ == b.node_) return a.value_ == b.value_;
  if (a.is_constant() || b.is_constant() || a.is_symbol() != b.is_symbol()) return false;
  if (a.is_symbol()) return a.symbol_id() == b.symbol_id();
  return a.op() == b.op() && a.lhs() == b.lhs() && a.rhs() == b.rhs();
}

std::optional<int64_t> apply(Op op, int64_t a, int64_t b) noexcept {
  int64_t r = 0;
  switch (op) {
    case Op::Sum:
      return __builtin_add_overflow(a, b, &r) ? std::nullopt : std::optional(r);
    case Op::Sub:
      return __builtin_sub_overflow(a, b, &r) ? std::nullopt : std::optional(r);
    case Op::Prod:
      return __builtin_mul_overflow(a, b, &r) ? std::nullopt : std::optional(r);
    case Op::Max:
      return std::max(a, b);
    case Op::Min:
      return std::min(a, b);
    case Op::Equal:
      return a == b ? 1 : 0;
    case Op::Less:
      return a < b ? 1 : 0;
    case Op::FloorDiv:
    case Op::CeilDiv:
      if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
      r = a / b;
      if (a % b != 0) {
        const bool negative = (a < 0) != (b < 0);
        if (op == Op::FloorDiv && negative) --r;
        if (op == Op::CeilDiv && !negative) ++r;
      }
      return r;
  }
  return std::nullopt;
}

namespace {

/// A product taken apart: one number and the factors that are not numbers.
struct Factors {
  int64_t number = 1;
  std::vector<Expr> rest;
  bool sound = true;

  void add(const Expr& e) {
    if (e.is_constant()) {
      const auto product = apply(Op::Prod, number, e.constant());
      sound = sound && product.has_value();
      number = product.value_or(1);
    } else if (is(e, Op::Prod)) {
      add(e.lhs());
      add(e.rhs());
    } else {
      rest.push_back(e);
    }
  }
  [[nodiscard]] Expr product() const {
    std::optional<Expr> all;
    for (const Expr& factor : rest) all = all ? raw_operation(Op::Prod, *all, factor) : factor;
    if (!all || number == 0) return number;
    return number == 1 ? *all : raw_operation(Op::Prod, *all, number);
  }
};

/// Cancels what dividend and divisor share; extents are not negative, so this is exact.
std::optional<Expr> cancel(Op op, const Expr& a, const Expr& b) {
  Factors top, bottom;
  top.add(a);
  bottom.add(b);
  if (!top.sound || !bottom.sound || bottom.number <= 0) return std::nullopt;
  bool changed = false;
  for (auto it = bottom.rest.begin(); it != bottom.rest.end();) {
    const auto same = std::find(top.rest.begin(), top.rest.end(), *it);
    if (same == top.rest.end()) {
      ++it;
      continue;
    }
    top.rest.erase(same);
    it = bottom.rest.erase(it);
    changed = true;
  }
  const int64_t shared = std::gcd(top.number, bottom.number);
  if (shared > 1) {
    top.number /= shared;
    bottom.number /= shared;
    changed = true;
  }
  if (!changed) return std::nullopt;
  return combine(op, top.product(), bottom.product());
}

/// Rules with a number on the right; nullopt when none applies.
std::optional<Expr> with_number(Op op, const Expr& a, int64_t b) {
  const bool neutral = ((op == Op::Sum || op == Op::Sub) && b == 0) ||
                       ((op == Op::Prod || op == Op::FloorDiv || op == Op::CeilDiv) && b == 1);
  if (neutral) return a;
  if (op == Op::Prod && b == 0) return Expr(0);
  if (op == Op::Sub && b != INT64_MIN) return combine(Op::Sum, a, -b);
  const bool nested =
      (op == Op::Sum || op == Op::Max || op == Op::Min) && is(a, op) && a.rhs().is_constant();
  if (nested) {
    if (const auto folded = apply(op, a.rhs().constant(), b)) return combine(op, a.lhs(), *folded);
  }
  return std::nullopt;
}

}  // namespace

Expr combine(Op op, const Expr& a, const Expr& b) {
  if (a.is_constant() && b.is_constant()) {
    if (const auto value = apply(op, a.constant(), b.constant())) return *value;
    return raw_operation(op, a, b);
  }
  if (a.is_constant() && commutes(op)) return combine(op, b, a);
  if (b.is_constant()) {
    if (const auto simpler = with_number(op, a, b.constant())) return *simpler;
  }
  if (a == b) {
    if (op == Op::Sub || op == Op::Less) return 0;
    if (op == Op::Equal) return 1;
    if (op == Op::Max || op == Op::Min) return a;
  }
  if (op == Op::Prod) {
    Factors factors;
    factors.add(a);
    factors.add(b);
    if (factors.sound) return factors.product();
  }
  if (op == Op::FloorDiv || op == Op::CeilDiv) {
    if (const auto simpler = cancel(op, a, b)) return *simpler;
  }
  // (x + y) - y
  if (op == Op::Sub && is(a, Op::Sum) && a.rhs() == b) return a.lhs();
  if (op == Op::Sub && is(a, Op::Sum) && a.lhs() == b) return a.rhs();
  return raw_operation(op, a, b);
}

Expr substitute(const Expr& e, const std::function<Expr(SymbolId)>& with) {
  if (e.is_constant()) return e;
  if (e.is_symbol()) return with(e.symbol_id());
  return combine(e.op(), substitute(e.lhs(), with), substitute(e.rhs(), with));
}

bool mentions(const Expr& e, SymbolId id) noexcept {
  if (e.is_constant()) return false;
  if (e.is_symbol()) return e.symbol_id() == id;
  return mentions(e.lhs(), id) || mentions(e.rhs(), id);
}

}  // namespace tenon::expr
