// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Unary operators, each where it is defined.
#include <cmath>
#include <limits>

#include "case.h"

namespace tenon::conformance {

namespace {

struct Domain {
  double low, high;
};

Domain domain(ops::UnaryKind kind) {
  using ops::UnaryKind;
  switch (kind) {
    case UnaryKind::Log:
      return {0.05, 8};
    case UnaryKind::Sqrt:
      return {0, 9};
    case UnaryKind::Reciprocal:
      return {0.25, 4};
    case UnaryKind::Acosh:
      return {1, 6};
    case UnaryKind::Atanh:
      return {-0.95, 0.95};
    case UnaryKind::Asin:
    case UnaryKind::Acos:
    case UnaryKind::Tan:
      return {-1, 1};
    default:
      return {-5, 5};
  }
}

}  // namespace

void add_unaries(Cases cases) {
  for (size_t i = 0; i < ops::kNamesOf<ops::UnaryKind>.size(); ++i) {
    const ops::Unary op{static_cast<ops::UnaryKind>(i)};
    const std::string name(to_string(op.kind));
    if (op.kind == ops::UnaryKind::Not) {
      cases.add(name, op).input({5, 13}, DType::Bool);
      continue;
    }
    const Domain in = domain(op.kind);
    cases.add(name, op).input({1, 5, 7, 3}).range(in.low, in.high);
    cases.add(name + " in the large", op).input({3, 700}).range(in.low, in.high);
    cases.add(name + " f64", op).input({17}, DType::F64).range(in.low, in.high);
  }
  using ops::UnaryKind;
  for (const UnaryKind kind : {UnaryKind::Abs, UnaryKind::Neg, UnaryKind::Sign}) {
    for (const DType dtype : {DType::I8, DType::I32, DType::I64, DType::F16}) {
      cases
          .add(std::string(to_string(kind)) + " " + std::string(to_string(dtype)), ops::Unary{kind})
          .input({29}, dtype);
    }
  }
  cases.add("round halves", ops::Unary{UnaryKind::Round})
      .input({8})
      .values({-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.49999, 1e9});
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  for (const UnaryKind kind :
       {UnaryKind::IsInf, UnaryKind::IsNan, UnaryKind::Abs, UnaryKind::Exp}) {
    cases.add(std::string(to_string(kind)) + " beyond numbers", ops::Unary{kind})
        .input({9})
        .values({inf, -inf, nan, 0, 1, -1, 80, -80, -200});
  }
  cases.add("exp of a scalar", ops::Unary{UnaryKind::Exp}).input({});
  cases.add("exp dynamic batch", ops::Unary{UnaryKind::Exp}).input({3, 21}).dynamic();
}

}  // namespace tenon::conformance
