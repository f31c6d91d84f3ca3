// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From names of values to links between nodes.
#include "importers/onnx/order.h"

#include <string>
#include <unordered_map>

#include "importers/shared/order.h"

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
  const Makers makers = makers_of(nodes);
  const importers::NodeLinks links{
      nodes.size(), [&](size_t node) { return nodes[node].inputs.size(); },
      [&](size_t node, size_t input) -> std::optional<size_t> {
        const auto maker = makers.find(nodes[node].inputs[input]);
        return maker == makers.end() ? std::nullopt : std::optional(maker->second);
      }};
  importers::NodeOrder order = importers::order_of(links);
  if (order.knot) {
    const wire::Node& knot = nodes[*order.knot];
    return diag.fail(Code::InvalidModel,
                     "the nodes read each other in a circle through \"{}\" ({}), so none of them "
                     "can run first",
                     knot.name, knot.op_type);
  }
  return std::move(order.nodes);
}

}  // namespace tenon::onnx
