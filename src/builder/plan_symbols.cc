// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbering and compiling.
#include "builder/plan_symbols.h"

#include <optional>

#include "builder/size_tensors.h"

namespace tenon::builder {

Result<PlanSymbols> PlanSymbols::create(const ir::Graph& graph, const Lowered& lowered,
                                        Diagnostics& diag) {
  PlanSymbols symbols(graph.symbols());
  for (const ir::Value* input : graph.inputs()) symbols.add_input(*input);
  for (const auto& work : lowered.works) {
    TENON_ASSIGN(const auto sizes, size_tensors(*work->node, graph.symbols(), diag));
    for (const ops::SizeTensor& size : sizes) {
      symbols.add(size.symbol, plan::SymbolSource::SizeTensor, 0, work->node->output(size.output));
    }
  }
  for (const auto& [id, source] : symbols.sources_) {
    symbols.numbers_.emplace(id, static_cast<expr::SymbolId>(symbols.numbers_.size()));
  }
  return symbols;
}

void PlanSymbols::add_input(const ir::Value& input) {
  for (size_t axis = 0; axis < input.shape().size(); ++axis) {
    const expr::Expr& extent = input.shape()[axis];
    if (!extent.is_symbol()) continue;
    add(extent.symbol_id(), plan::SymbolSource::InputExtent, axis, &input);
  }
  if (!input.type.content) return;
  for (size_t at = 0; at < input.type.content->size(); ++at) {
    const expr::Expr& element = (*input.type.content)[at];
    if (!element.is_symbol()) continue;
    add(element.symbol_id(), plan::SymbolSource::InputContent, at, &input);
  }
}

/// The first to tell a symbol is its source.
void PlanSymbols::add(expr::SymbolId id, plan::SymbolSource source, size_t axis,
                      const ir::Value* value) {
  plan::Symbol symbol;
  symbol.name = (*table_)[id].name;
  symbol.source = source;
  symbol.axis = static_cast<uint32_t>(axis);
  sources_.try_emplace(id, Source{std::move(symbol), value});
}

Result<expr::Code> PlanSymbols::compile(const expr::Expr& e, std::string_view tensor,
                                        Diagnostics& diag) const {
  std::optional<expr::SymbolId> unknown;
  const expr::Expr numbered = expr::substitute(e, [&](expr::SymbolId id) {
    const auto found = numbers_.find(id);
    if (found != numbers_.end()) return expr::Expr::symbol(found->second);
    unknown = id;
    return expr::Expr(0);
  });
  if (unknown) {
    return diag.fail(Code::InvalidModel,
                     "the size {} in tensor \"{}\" comes from no network input and no size tensor "
                     "of a plugin",
                     (*table_)[*unknown].name, tensor);
  }
  if (std::optional<expr::Code> code = expr::compile(numbered)) return *std::move(code);
  return diag.fail(Code::Unsupported, "a size of tensor \"{}\" is too deep an expression: {}",
                   tensor, expr::to_string(e, *table_));
}

Result<std::vector<expr::Code>> PlanSymbols::compile(const std::vector<expr::Expr>& list,
                                                     std::string_view tensor,
                                                     Diagnostics& diag) const {
  std::vector<expr::Code> codes;
  for (const expr::Expr& e : list) {
    TENON_ASSIGN(expr::Code code, compile(e, tensor, diag));
    codes.push_back(std::move(code));
  }
  return codes;
}

void PlanSymbols::bind(const ir::Value& value, uint32_t tensor, uint32_t step) {
  for (auto& [id, source] : sources_) {
    if (source.value != &value) continue;
    source.symbol.tensor = tensor;
    source.symbol.step = step;
  }
}

Result<std::vector<plan::Symbol>> PlanSymbols::take(Diagnostics& diag) {
  std::vector<plan::Symbol> symbols;
  for (auto& [id, source] : sources_) {
    plan::Symbol& symbol = source.symbol;
    if (symbol.source == plan::SymbolSource::SizeTensor) {
      TENON_ASSIGN(symbol.upper, compile(*(*table_)[id].upper, symbol.name, diag));
    }
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

}  // namespace tenon::builder
