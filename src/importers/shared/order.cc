// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Depth first along inputs, with a stack of our own: chains of thousands of nodes are usual.
#include "importers/shared/order.h"

namespace tenon::importers {

NodeOrder order_of(const NodeLinks& links, const std::vector<size_t>& wanted) {
  enum class Mark : uint8_t { New, Open, Done };
  struct Visit {
    size_t node, next_input;
  };
  std::vector<Mark> marks(links.count, Mark::New);
  NodeOrder order;
  std::vector<Visit> stack;
  const size_t starts = wanted.empty() ? links.count : wanted.size();
  for (size_t i = 0; i < starts; ++i) {
    const size_t start = wanted.empty() ? i : wanted[i];
    if (marks[start] == Mark::New) stack.push_back({start, 0});
    while (!stack.empty()) {
      Visit& top = stack.back();
      marks[top.node] = Mark::Open;
      if (top.next_input == links.inputs(top.node)) {
        marks[top.node] = Mark::Done;
        order.nodes.push_back(top.node);
        stack.pop_back();
        continue;
      }
      const std::optional<size_t> maker = links.maker(top.node, top.next_input++);
      if (!maker || marks[*maker] == Mark::Done) continue;
      if (marks[*maker] == Mark::Open) {
        order.knot = maker;
        return order;
      }
      stack.push_back({*maker, 0});
    }
  }
  return order;
}

}  // namespace tenon::importers
