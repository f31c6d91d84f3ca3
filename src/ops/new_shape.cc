// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Selecting with equations, since an element's number decides what it means.
#include "ops/new_shape.h"

#include <algorithm>

#include "expr/requirement.h"
#include "ops/pointwise.h"

namespace tenon::ops {

namespace {

using expr::Expr;
using expr::Op;

Expr is_equal(const Expr& a, const Expr& b) { return combine(Op::Equal, a, b); }
/// `e` if it is below `bound`, else 0.
Expr below(const Expr& e, int64_t bound) { return combine(Op::Less, e, bound) * e; }

/// Whether a size that only the run tells is in `e`: before, its bound stands there.
bool found_out(const Expr& e, const expr::SymbolTable& symbols) {
  if (e.is_constant()) return false;
  if (e.is_symbol()) return symbols[e.symbol_id()].data_dependent();
  return found_out(e.lhs(), symbols) || found_out(e.rhs(), symbols);
}

/// Makes an extent of `target` fail unless both are equal: `at`, or better one that is no number
/// anyway.
void require(expr::Shape& target, size_t at, expr::Need need, const Expr& wished, const Expr& there,
             const expr::SymbolTable& symbols) {
  if (found_out(wished, symbols) || found_out(there, symbols)) return;  // kernels look
  const auto open = std::ranges::find_if(target, [](const Expr& e) { return !e.is_constant(); });
  Expr& extent = open == target.end() ? target[at] : *open;
  extent = expr::required(extent, need, wished, there);
}

/// How many elements a tensor of shape `from` has; of one that was reshaped, as it was before.
Expr count_of(const expr::Shape& from) {
  expr::Shape plain;
  for (const Expr& e : from) plain.push_back(expr::without_requirement(e));
  const Expr product = expr::volume(plain);
  for (const Expr& e : from) {
    if (!e.is_operation() || e.op() != Op::Sum || !expr::has_requirement(e.rhs())) continue;
    const Expr& division = e.rhs();
    if (division.op() != Op::FloorDiv || !division.rhs().is_operation()) continue;
    Expr wished = division.rhs().lhs();
    while (wished.is_operation() && wished.op() == Op::Sum) wished = Expr(wished.lhs());
    if (wished == product) return division.rhs().rhs();
  }
  return expr::volume(from);
}

/// One reshaping while it is resolved.
class Reshaping {
 public:
  Reshaping(const expr::Shape& from, const Content& wanted, bool zero_copies,
            const expr::SymbolTable& symbols, Diagnostics& diag)
      : from_(from),
        wanted_(wanted),
        zero_copies_(zero_copies),
        symbols_(symbols),
        diag_(diag),
        total_(count_of(from)) {}

  Result<expr::Shape> run() {
    for (size_t i = 0; i < wanted_.size(); ++i) TENON_TRY(check(i));
    const bool asks = std::ranges::any_of(wanted_, [&](const Expr& e) { return any_sign(e); });
    if (!asks) return open_ == 0 ? told() : filled();
    expr::Shape target;
    for (size_t i = 0; i < wanted_.size(); ++i) target.push_back(extent(i));
    Expr count = expr::volume(target);
    for (const Expr& e : wanted_) {
      if (any_sign(e)) count = count + below(e, -1);
    }
    require(target, 0, expr::Need::Elements, count, total_, symbols_);
    return target;
  }

 private:
  /// Whether a run finds out what the element means.
  [[nodiscard]] bool any_sign(const Expr& e) const {
    return expr::mentions_element(e, symbols_) && !expr::never_negative(e, symbols_);
  }

  Status check(size_t i) {
    const Expr& e = wanted_[i];
    if (!e.is_constant()) return {};
    if (e.constant() < -1) {
      return diag_.fail(Code::InvalidModel, "the new shape holds {}", e.constant());
    }
    if (e.constant() == -1 && ++open_ > 1) {
      return diag_.fail(Code::InvalidModel, "the new shape holds -1 twice");
    }
    if (e.constant() == 0 && zero_copies_ && i >= from_.size()) {
      return diag_.fail(Code::InvalidModel,
                        "entry {} of the new shape is 0, which copies an extent, but the input "
                        "has rank {}",
                        i, from_.size());
    }
    return {};
  }

  /// What 0 in place `i` stands for.
  [[nodiscard]] Expr copied(size_t i) const {
    return zero_copies_ && i < from_.size() ? from_[i] : Expr(0);
  }

  [[nodiscard]] expr::Shape told() const {
    expr::Shape target;
    for (size_t i = 0; i < wanted_.size(); ++i) {
      target.push_back(wanted_[i] == Expr(0) ? copied(i) : wanted_[i]);
    }
    return target;
  }

  /// -1 alone is left open, in a place known now.
  Result<expr::Shape> filled() {
    expr::Shape target = told();
    Expr others = 1;
    for (const Expr& e : target) others = e == Expr(-1) ? others : others * e;
    const bool numbers = total_.is_constant() && others.is_constant();
    if (others == Expr(0) || (numbers && total_.constant() % others.constant() != 0)) {
      return diag_.fail(Code::InvalidModel,
                        "no number in place of -1 makes {} elements of {}: the other extents of "
                        "the new shape have {}",
                        expr::to_string(total_, symbols_), expr::to_string(from_, symbols_),
                        expr::to_string(others, symbols_));
    }
    std::ranges::replace(target, Expr(-1), expr::floor_div(total_, others));
    return target;
  }

  /// Extent `i` with 1 in place of -1, and 0 of what is below.
  [[nodiscard]] Expr beside(size_t i) const {
    const Expr& e = wanted_[i];
    if (e == Expr(-1)) return 1;
    if (!any_sign(e)) return e == Expr(0) ? copied(i) : e;
    return expr::max(e, expr::max(is_equal(e, 0) * copied(i), is_equal(e, -1)));
  }

  [[nodiscard]] Expr extent(size_t i) const {
    const Expr& e = wanted_[i];
    if (!any_sign(e) && !(e == Expr(-1))) return beside(i);
    Expr others = 1;
    for (size_t k = 0; k < wanted_.size(); ++k) {
      if (k != i) others = others * beside(k);
    }
    Expr left = expr::floor_div(total_, expr::max(others, 1));
    if (e == Expr(-1)) return left;
    return expr::max(e, expr::max(is_equal(e, 0) * copied(i), is_equal(e, -1) * left));
  }

  const expr::Shape& from_;
  const Content& wanted_;
  bool zero_copies_;
  const expr::SymbolTable& symbols_;
  Diagnostics& diag_;
  Expr total_;
  int open_ = 0;
};

}  // namespace

Result<expr::Shape> reshaped(const expr::Shape& from, const Content& wanted, bool zero_copies,
                             const expr::SymbolTable& symbols, Diagnostics& diag) {
  return Reshaping(from, wanted, zero_copies, symbols, diag).run();
}

Result<expr::Shape> expanded(const expr::Shape& from, const Content& wanted,
                             const expr::SymbolTable& symbols, Diagnostics& diag) {
  const auto refuse = [&] {
    return diag.fail(Code::InvalidModel, "shapes {} and {} do not broadcast",
                     expr::to_string(from, symbols), expr::to_string(wanted, symbols));
  };
  for (const Expr& e : wanted) {
    if (e.is_constant() && e.constant() < 0) return refuse();
  }
  auto target = broadcast(from, wanted);
  if (!target) return refuse();
  const size_t rank = target->size();
  for (size_t back = 1; back <= std::min(from.size(), wanted.size()); ++back) {
    const Expr &e = wanted[wanted.size() - back], &there = from[from.size() - back];
    if (!expr::mentions_element(e, symbols) || there == Expr(1)) continue;
    // 1 keeps the extent; an extent of 1 takes the number.
    const Expr keeps = is_equal(e, 1);
    const Expr wished = expr::max(e - keeps, keeps * there);
    if (!there.is_constant()) (*target)[rank - back] = wished;
    require(*target, rank - back, expr::Need::Extent, wished + below(e, 0),
            there + is_equal(there, 1) * (wished - 1), symbols);
  }
  return *target;
}

}  // namespace tenon::ops
