// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The symbols of a plan: which there are, and where their numbers come from.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "builder/lowering.h"
#include "plan/plan.h"

namespace tenon::builder {

/// Numbers the symbols that network inputs and size tensors tell, in the order the graph made them,
/// and compiles expressions over them.
class PlanSymbols {
 public:
  /// Fails when a plugin's rule does.
  static Result<PlanSymbols> create(const ir::Graph& graph, const Lowered& lowered,
                                    Diagnostics& diag);

  /// Fails, naming `tensor`, when the expression mentions a size that nothing tells or is too deep.
  Result<expr::Code> compile(const expr::Expr& e, std::string_view tensor, Diagnostics& diag) const;
  Result<std::vector<expr::Code>> compile(const std::vector<expr::Expr>& list,
                                          std::string_view tensor, Diagnostics& diag) const;

  /// `value` has become tensor `tensor` of the plan, written by step `step` unless it is an input.
  void bind(const ir::Value& value, uint32_t tensor, uint32_t step);

  /// The plan's symbols, once everything is bound. Fails when a bound cannot be compiled.
  Result<std::vector<plan::Symbol>> take(Diagnostics& diag);

 private:
  explicit PlanSymbols(const expr::SymbolTable& table) : table_(&table) {}

  struct Source {
    plan::Symbol symbol;
    const ir::Value* value;  ///< a network input, or the size tensor
  };
  void add(expr::SymbolId id, plan::SymbolSource source, size_t axis, const ir::Value* value);
  void add_input(const ir::Value& input);

  std::map<expr::SymbolId, Source> sources_;
  const expr::SymbolTable* table_;
  std::map<expr::SymbolId, expr::SymbolId> numbers_;  ///< graph -> plan
};

}  // namespace tenon::builder
