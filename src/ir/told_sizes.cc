// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Walking expressions for the symbols of sizes.
#include "ir/told_sizes.h"

#include <algorithm>

namespace tenon::ir {

namespace {

void visit_found(const expr::Expr& e, const expr::SymbolTable& symbols,
                 const std::function<void(expr::SymbolId)>& use) {
  if (e.is_constant()) return;
  if (!e.is_symbol()) {
    visit_found(e.lhs(), symbols, use);
    visit_found(e.rhs(), symbols, use);
  } else if (symbols[e.symbol_id()].data_dependent()) {
    use(e.symbol_id());
  }
}

}  // namespace

void for_each_found_size(const Value& value, const expr::SymbolTable& symbols,
                         const std::function<void(expr::SymbolId)>& use) {
  for (const expr::Expr& e : value.shape()) visit_found(e, symbols, use);
  if (!value.type.content) return;
  for (const expr::Expr& e : *value.type.content) visit_found(e, symbols, use);
}

std::vector<expr::SymbolId> told_sizes(const Node& node, const expr::SymbolTable& symbols) {
  std::vector<expr::SymbolId> told, given;
  if (!ops::tells_sizes(node.op)) return told;
  for (const Value* input : node.inputs()) {
    if (input == nullptr) continue;
    for_each_found_size(*input, symbols, [&](expr::SymbolId id) { given.push_back(id); });
  }
  for (const Value* output : node.outputs()) {
    for_each_found_size(*output, symbols, [&](expr::SymbolId id) {
      if (std::ranges::find(given, id) == given.end()) told.push_back(id);
    });
  }
  return told;
}

}  // namespace tenon::ir
