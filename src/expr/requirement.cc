// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A requirement is 0 divided by an equation, which is 1 or 0; how it is rounded says what is
// needed.
#include "expr/requirement.h"

namespace tenon::expr {

Expr required(const Expr& value, Need need, const Expr& wished, const Expr& there) {
  const Expr holds = combine(Op::Equal, wished, there);
  if (holds == Expr(1)) return value;
  return value + combine(need == Need::Elements ? Op::FloorDiv : Op::CeilDiv, 0, holds);
}

Expr without_requirement(const Expr& e) {
  const bool sum = e.is_operation() && e.op() == Op::Sum;
  return sum && has_requirement(e.rhs()) ? e.lhs() : e;
}

bool has_requirement(const Expr& e) noexcept {
  if (!e.is_operation()) return false;
  const bool division = e.op() == Op::FloorDiv || e.op() == Op::CeilDiv;
  if (division && e.lhs() == Expr(0)) {
    const Expr& by = e.rhs();
    if (by == Expr(0) || (by.is_operation() && by.op() == Op::Equal)) return true;
  }
  return has_requirement(e.lhs()) || has_requirement(e.rhs());
}

std::string to_string(const Unmet& unmet) {
  const std::string wished = std::to_string(unmet.wished), there = std::to_string(unmet.there);
  switch (unmet.need) {
    case Need::Elements:
      return wished + " elements are asked for, but there are " + there;
    case Need::Extent:
      return "extent " + there + " does not broadcast to " + wished;
  }
  return {};
}

}  // namespace tenon::expr
