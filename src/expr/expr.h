// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Symbolic integers: what an extent is before shapes are known.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::expr {

/// The operations of shape arithmetic. Numbers equal nvinfer1::DimensionOperation and go into
/// engine files. Equal and Less give 0 or 1; divisions are by positive numbers in sound shapes.
enum class Op : uint8_t { Sum, Prod, Max, Min, Sub, Equal, Less, FloorDiv, CeilDiv };

using SymbolId = uint32_t;

/// An immutable expression, cheap to copy: a number, a symbol, or an operation on two expressions.
/// Equality is structural after simplification. Safe to share between threads.
class Expr {
 public:
  Expr(int64_t constant = 0) noexcept : value_(constant) {}  // NOLINT(google-explicit-constructor)
  static Expr symbol(SymbolId id);

  [[nodiscard]] bool is_constant() const noexcept { return node_ == nullptr; }
  [[nodiscard]] bool is_symbol() const noexcept;
  [[nodiscard]] bool is_operation() const noexcept { return !is_constant() && !is_symbol(); }
  /// Only when is_constant().
  [[nodiscard]] int64_t constant() const noexcept { return value_; }
  /// Only when is_symbol().
  [[nodiscard]] SymbolId symbol_id() const noexcept;
  /// Only when is_operation().
  [[nodiscard]] Op op() const noexcept;
  [[nodiscard]] const Expr& lhs() const noexcept;
  [[nodiscard]] const Expr& rhs() const noexcept;

  friend bool operator==(const Expr& a, const Expr& b) noexcept;

 private:
  struct Node;
  friend Expr raw_operation(Op op, Expr a, Expr b);
  int64_t value_ = 0;
  std::shared_ptr<const Node> node_;
};

/// `a op b`, simplified: constants folded, neutral elements dropped, common factors cancelled. A
/// division by the constant zero, or a constant that overflows, stays as it is and fails on
/// evaluation.
Expr combine(Op op, const Expr& a, const Expr& b);

inline Expr operator+(const Expr& a, const Expr& b) { return combine(Op::Sum, a, b); }
inline Expr operator-(const Expr& a, const Expr& b) { return combine(Op::Sub, a, b); }
inline Expr operator*(const Expr& a, const Expr& b) { return combine(Op::Prod, a, b); }
inline Expr floor_div(const Expr& a, const Expr& b) { return combine(Op::FloorDiv, a, b); }
inline Expr ceil_div(const Expr& a, const Expr& b) { return combine(Op::CeilDiv, a, b); }
inline Expr max(const Expr& a, const Expr& b) { return combine(Op::Max, a, b); }
inline Expr min(const Expr& a, const Expr& b) { return combine(Op::Min, a, b); }

/// One operation on two numbers; nullopt on overflow or division by zero.
std::optional<int64_t> apply(Op op, int64_t a, int64_t b) noexcept;

/// `e` with every symbol replaced by what `with` gives for it.
Expr substitute(const Expr& e, const std::function<Expr(SymbolId)>& with);

/// True if `e` mentions the symbol.
bool mentions(const Expr& e, SymbolId id) noexcept;

/// Infix text: "floor((N + 2) / 4)", "max(N, 1)", "N == 2". `name_of` gives the text of a symbol.
std::string to_string(const Expr& e, const std::function<std::string(SymbolId)>& name_of);

/// Reads what to_string writes. `symbol_of` finds the id of a name, or nullopt when there is none.
/// nullopt when the text is not an expression.
std::optional<Expr> parse(
    std::string_view text,
    const std::function<std::optional<SymbolId>(std::string_view)>& symbol_of);

}  // namespace tenon::expr
