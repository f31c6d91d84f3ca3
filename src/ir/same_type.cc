// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Comparing types extent by extent.
#include "ir/same_type.h"

namespace tenon::ir {

namespace {

bool same_extent(const expr::Expr& before, const expr::Expr& now, const expr::SymbolTable& symbols,
                 size_t first_new) {
  if (before == now) return true;
  if (!before.is_symbol() || !now.is_symbol() || now.symbol_id() < first_new) return false;
  const expr::Symbol& old_symbol = symbols[before.symbol_id()];
  const expr::Symbol& new_symbol = symbols[now.symbol_id()];
  return old_symbol.opt == new_symbol.opt && old_symbol.upper == new_symbol.upper;
}

bool same_extents(const std::vector<expr::Expr>& before, const std::vector<expr::Expr>& now,
                  const expr::SymbolTable& symbols, size_t first_new) {
  if (before.size() != now.size()) return false;
  for (size_t i = 0; i < now.size(); ++i) {
    if (!same_extent(before[i], now[i], symbols, first_new)) return false;
  }
  return true;
}

}  // namespace

bool same_type(const ops::TensorType& before, const ops::TensorType& now,
               const expr::SymbolTable& symbols, size_t first_new) {
  if (before.dtype != now.dtype || before.content.has_value() != now.content.has_value()) {
    return false;
  }
  return same_extents(before.shape, now.shape, symbols, first_new) &&
         (!now.content || same_extents(*before.content, *now.content, symbols, first_new));
}

}  // namespace tenon::ir
