// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Removing what nobody reads.
#include <algorithm>

#include "passes/passes.h"

namespace tenon::passes {

Status dead_code(ir::Graph& graph, PassContext& context) {
  // From the end on: a node's readers have gone before it is looked at.
  for (size_t i = graph.nodes().size(); i-- > 0;) {
    ir::Node* node = graph.nodes()[i].get();
    const bool read = std::ranges::any_of(node->outputs(), [&](const ir::Value* value) {
      return !value->uses().empty() || context.pinned(*value);
    });
    if (read || node->as<ops::Assertion>() != nullptr) continue;
    graph.erase(node);
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
