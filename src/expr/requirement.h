// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Expressions that have no number unless something holds: shapes that a run checks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "expr/expr.h"

namespace tenon::expr {

/// What two numbers are that must be equal.
enum class Need : uint8_t {
  Elements,  ///< how many a new shape has, and how many there are
  Extent,    ///< one that is wished, and one that does not broadcast to it
};

/// `value`; where `wished` and `there` turn out unlike, an expression without a number: evaluating
/// it fails as a division by zero does, and unmet() tells why. Bounds are those of `value`.
Expr required(const Expr& value, Need need, const Expr& wished, const Expr& there);

/// True if `e` has such a part.
bool has_requirement(const Expr& e) noexcept;

/// What was given to the last required() that made `e`; `e` itself where none did.
Expr without_requirement(const Expr& e);

/// A requirement that does not hold.
struct Unmet {
  Need need = Need::Elements;
  int64_t wished = 0, there = 0;
};

/// Of verified code that evaluate() refuses: the requirement that failed first, nullopt when it is
/// something else. Never allocates.
std::optional<Unmet> unmet(std::span<const int64_t> code,
                           std::span<const int64_t> symbols) noexcept;

/// "15 elements are asked for, but there are 12"
std::string to_string(const Unmet& unmet);

}  // namespace tenon::expr
