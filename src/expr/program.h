// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Expressions as they stand in an engine file: a list of words, evaluated without allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "expr/expr.h"

namespace tenon::expr {

/// Postfix code. Word kinds, by the low byte: 0 the next word is a number, 1 symbol (id in the
/// upper bits), 2 operation (Op in the upper bits).
using Code = std::vector<int64_t>;

inline constexpr int kMaxStack = 32;

/// Code of `e`, or nullopt when it needs more than kMaxStack entries.
std::optional<Code> compile(const Expr& e);

/// Checks hostile code: known words, symbols < symbol_count, stack within bounds, one result.
Status verify(std::span<const int64_t> code, size_t symbol_count) noexcept;

/// Evaluates verified code. Fails with InvalidArgument on overflow and on division by zero. Never
/// allocates; thread-safe.
Status evaluate(std::span<const int64_t> code, std::span<const int64_t> symbols,
                int64_t& result) noexcept;

/// Evaluates an expression itself; nullopt where evaluate() would fail.
std::optional<int64_t> evaluate(const Expr& e, std::span<const int64_t> symbols) noexcept;

}  // namespace tenon::expr
