// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A requirement is a number divided by an equation, which is 1 or 0; the number says what is
// needed.
#include "expr/requirement.h"

namespace tenon::expr {

Expr required(const Expr& value, Need need, const Expr& wished, const Expr& there) {
  const Expr holds = combine(Op::Equal, wished, there);
  if (holds == Expr(1)) return value;
  const auto number = static_cast<int64_t>(need);
  return value + (floor_div(number, holds) - number);
}

bool has_requirement(const Expr& e) noexcept {
  if (!e.is_operation()) return false;
  if (e.op() == Op::FloorDiv && e.lhs().is_constant()) {
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
