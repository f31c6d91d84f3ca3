// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finds the symbols that are one number and writes the number in their place.
#include "builder/settle.h"

#include <algorithm>
#include <map>
#include <type_traits>

namespace tenon::builder {

namespace {

using Numbers = std::map<expr::SymbolId, int64_t>;

bool bounds_mention(const expr::SymbolTable& symbols, expr::SymbolId id) {
  for (expr::SymbolId i = 0; i < symbols.size(); ++i) {
    const expr::Symbol& symbol = symbols[i];
    if ((symbol.opt && expr::mentions(*symbol.opt, id)) ||
        (symbol.upper && expr::mentions(*symbol.upper, id))) {
      return true;
    }
  }
  return false;
}

/// The one extent that all profiles give axis `axis` of input number `input`, if there is one.
std::optional<int64_t> only_extent(const std::vector<ProfileRanges>& profiles, size_t input,
                                   int axis) {
  const int64_t extent = profiles.front().inputs[input].min[axis];
  const bool only = std::all_of(profiles.begin(), profiles.end(), [&](const ProfileRanges& one) {
    return one.inputs[input].min[axis] == extent && one.inputs[input].max[axis] == extent;
  });
  return only ? std::optional(extent) : std::nullopt;
}

Numbers find_numbers(const ir::Graph& graph, const std::vector<ProfileRanges>& profiles) {
  Numbers numbers;
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const expr::Shape& shape = graph.inputs()[i]->shape();
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (!shape[axis].is_symbol()) continue;
      const expr::SymbolId id = shape[axis].symbol_id();
      const std::optional<int64_t> extent = only_extent(profiles, i, static_cast<int>(axis));
      if (extent && !bounds_mention(graph.symbols(), id)) numbers[id] = *extent;
    }
  }
  return numbers;
}

void write(const Numbers& numbers, expr::Shape& shape) {
  const auto number_or_symbol = [&](expr::SymbolId id) {
    const auto found = numbers.find(id);
    return found == numbers.end() ? expr::Expr::symbol(id) : expr::Expr(found->second);
  };
  for (expr::Expr& extent : shape) extent = expr::substitute(extent, number_or_symbol);
}

/// Writes the numbers into the shapes that the operator's parameters hold.
void write(const Numbers& numbers, ops::Op& op) {
  std::visit(
      [&](auto& parameters) {
        if constexpr (requires { parameters.fields(); }) {
          ops::for_each_field(parameters, [&](const char*, auto& member) {
            if constexpr (std::is_same_v<std::decay_t<decltype(member)>, expr::Shape>) {
              write(numbers, member);
            }
          });
        }
      },
      op);
}

}  // namespace

Status settle_extents(ir::Graph& graph, const std::vector<ProfileRanges>& profiles,
                      Diagnostics& diag) {
  const Numbers numbers = find_numbers(graph, profiles);
  if (numbers.empty()) return {};
  for (ir::Value* input : graph.inputs()) {
    write(numbers, input->type.shape);
    if (input->type.content) write(numbers, *input->type.content);
  }
  for (const auto& node : graph.nodes()) write(numbers, node->op);
  return graph.refresh(diag);
}

}  // namespace tenon::builder
