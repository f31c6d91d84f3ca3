// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Removing what nobody reads.
#include <algorithm>
#include <unordered_set>

#include "ir/told_sizes.h"
#include "passes/passes.h"

namespace tenon::passes {

Status dead_code(ir::Graph& graph, PassContext& context) {
  std::unordered_set<expr::SymbolId> sizes;  // mentioned by what stays, whoever tells them
  // From the end on: a node's readers have gone before it is looked at.
  for (size_t i = graph.nodes().size(); i-- > 0;) {
    ir::Node* node = graph.nodes()[i].get();
    const bool read = std::ranges::any_of(node->outputs(), [&](const ir::Value* value) {
      return !value->uses().empty() || context.pinned(*value);
    });
    const bool tells = std::ranges::any_of(ir::told_sizes(*node, graph.symbols()),
                                           [&](expr::SymbolId id) { return sizes.contains(id); });
    if (read || tells || node->as<ops::Assertion>() != nullptr) {
      for (const ir::Value* value : node->outputs()) {
        ir::for_each_found_size(*value, graph.symbols(),
                                [&](expr::SymbolId id) { sizes.insert(id); });
      }
      continue;
    }
    graph.erase(node);
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
