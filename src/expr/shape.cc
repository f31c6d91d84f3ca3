// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes, and the table of symbols.
#include "expr/shape.h"

namespace tenon::expr {

Shape to_shape(const Dims& dims) { return Shape(dims.begin(), dims.end()); }

std::optional<Dims> to_dims(const Shape& shape) {
  if (shape.size() > static_cast<size_t>(Dims::kMaxRank)) return std::nullopt;
  Dims dims;
  for (const Expr& extent : shape) {
    if (!extent.is_constant()) return std::nullopt;
    dims.push_back(extent.constant());
  }
  return dims;
}

Expr volume(const Shape& shape) {
  Expr product = 1;
  for (const Expr& extent : shape) product = product * extent;
  return product;
}

Expr SymbolTable::named(std::string_view name) {
  if (const auto id = find(name)) return Expr::symbol(*id);
  symbols_.push_back({std::string(name), {}, {}});
  return Expr::symbol(static_cast<SymbolId>(symbols_.size() - 1));
}

Expr SymbolTable::element(std::string_view input, size_t i) {
  return named(std::string(input) + '[' + std::to_string(i) + ']');
}

bool SymbolTable::is_element(SymbolId id) const noexcept {
  return symbols_[id].name.ends_with(']');
}

Expr SymbolTable::data_dependent(std::string_view hint, Expr opt, Expr upper) {
  std::string name(hint);
  for (int n = 2; find(name); ++n) name = std::string(hint) + '.' + std::to_string(n);
  symbols_.push_back({std::move(name), std::move(opt), std::move(upper)});
  return Expr::symbol(static_cast<SymbolId>(symbols_.size() - 1));
}

std::optional<SymbolId> SymbolTable::find(std::string_view name) const noexcept {
  for (size_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].name == name) return static_cast<SymbolId>(i);
  }
  return std::nullopt;
}

bool never_negative(const Expr& e, const SymbolTable& symbols) {
  if (e.is_constant()) return e.constant() >= 0;
  if (e.is_symbol()) return !symbols.is_element(e.symbol_id());
  const auto both = [&] {
    return never_negative(e.lhs(), symbols) && never_negative(e.rhs(), symbols);
  };
  switch (e.op()) {
    case Op::Equal:
    case Op::Less:
      return true;
    case Op::Sub:
      return false;
    case Op::Max:
      return never_negative(e.lhs(), symbols) || never_negative(e.rhs(), symbols);
    default:
      return both();
  }
}

bool mentions_element(const Expr& e, const SymbolTable& symbols) {
  if (e.is_constant()) return false;
  if (e.is_symbol()) return symbols.is_element(e.symbol_id());
  return mentions_element(e.lhs(), symbols) || mentions_element(e.rhs(), symbols);
}

std::string to_string(const Expr& e, const SymbolTable& symbols) {
  return to_string(e, [&](SymbolId id) { return symbols[id].name; });
}

std::string to_string(const Shape& shape, const SymbolTable& symbols) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_string(shape[i], symbols);
  }
  return text + "]";
}

}  // namespace tenon::expr
