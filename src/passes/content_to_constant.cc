// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shape arithmetic that came out as numbers.
#include <algorithm>
#include <cstring>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

/// The content as a constant; null when part of it is known only later.
ops::ConstantRef known_content(const ir::Value& value) {
  const auto& content = value.type.content;
  const auto dims = expr::to_dims(value.shape());
  if (!content || !dims || is_floating(value.dtype()) || bit_width(value.dtype()) < 8) return {};
  if (!std::ranges::all_of(*content, [](const expr::Expr& e) { return e.is_constant(); })) {
    return {};
  }
  const size_t size = byte_size(value.dtype(), 1);
  AlignedBuffer buffer(size * content->size());
  for (size_t i = 0; i < content->size(); ++i) {
    const int64_t number = (*content)[i].constant();  // little-endian: the low bytes come first
    std::memcpy(buffer.data() + i * size, &number, size);
  }
  return ops::ConstantData::adopt(value.dtype(), *dims, std::move(buffer));
}

}  // namespace

Status content_to_constant(ir::Graph& graph, PassContext& context) {
  std::vector<ir::Node*> nodes;
  for (const auto& node : graph.nodes()) {
    if (!node->as<ops::Constant>() && !node->as<ops::Foreign>()) nodes.push_back(node.get());
  }
  for (const ir::Node* node : nodes) {
    for (ir::Value* value : node->outputs()) {
      if (value->uses().empty() || context.pinned(*value)) continue;
      ops::ConstantRef data = known_content(*value);
      if (!data) continue;
      supplant(graph, value, constant_before(graph, node, std::move(data), value->name, context));
      ++context.changes;
    }
  }
  return {};
}

}  // namespace tenon::passes
