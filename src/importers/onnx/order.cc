// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Depth first along inputs, with a stack of our own: chains of thousands of nodes are usual.
#include "importers/onnx/order.h"

#include <string>
#include <unordered_map>

namespace tenon::onnx {

namespace {

using Makers = std::unordered_map<std::string_view, size_t>;

Makers makers_of(std::span<const wire::Node> nodes) {
  Makers makers;
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const std::string_view name : nodes[i].outputs) {
      if (!name.empty()) makers.emplace(name, i);
    }
  }
  return makers;
}

}  // namespace

Result<std::vector<size_t>> order_of(std::span<const wire::Node> nodes, Diagnostics& diag) {
  enum class Mark : uint8_t { New, Open, Done };
  struct Visit {
    size_t node, next_input;
  };
  const Makers makers = makers_of(nodes);
  std::vector<Mark> marks(nodes.size(), Mark::New);
  std::vector<size_t> order;
  std::vector<Visit> stack;
  for (size_t start = 0; start < nodes.size(); ++start) {
    if (marks[start] == Mark::New) stack.push_back({start, 0});
    while (!stack.empty()) {
      Visit& top = stack.back();
      const wire::Node& node = nodes[top.node];
      marks[top.node] = Mark::Open;
      if (top.next_input == node.inputs.size()) {
        marks[top.node] = Mark::Done;
        order.push_back(top.node);
        stack.pop_back();
        continue;
      }
      const auto maker = makers.find(node.inputs[top.next_input++]);
      if (maker == makers.end() || marks[maker->second] == Mark::Done) continue;
      if (marks[maker->second] == Mark::Open) {
        const wire::Node& knot = nodes[maker->second];
        return diag.fail(Code::InvalidModel,
                         "the nodes read each other in a circle through \"{}\" ({}), so none of "
                         "them can run first",
                         knot.name, knot.op_type);
      }
      stack.push_back({maker->second, 0});
    }
  }
  return order;
}

}  // namespace tenon::onnx
