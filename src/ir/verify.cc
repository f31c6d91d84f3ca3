// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checks that make a graph sound, one function each.
#include "ir/verify.h"

#include <algorithm>
#include <unordered_set>

#include "ir/same_type.h"

namespace tenon::ir {

namespace {

std::string describe(const ops::TensorType& type, const expr::SymbolTable& symbols) {
  std::string text = std::string(to_string(type.dtype)) + expr::to_string(type.shape, symbols);
  if (type.content) text += " holding " + expr::to_string(*type.content, symbols);
  return text;
}

/// Network inputs and outputs: flags agree with the lists, no name twice.
Status verify_borders(const Graph& graph, Diagnostics& diag) {
  std::unordered_set<std::string_view> names;
  for (const Value* value : graph.inputs()) {
    if (!value->is_network_input() || value->producer() != nullptr) {
      return diag.fail(Code::Internal, "network input \"{}\" is made by a node", value->name);
    }
  }
  for (const Value* value : graph.outputs()) {
    if (!value->is_network_output()) {
      return diag.fail(Code::Internal, "network output \"{}\" is not marked as one", value->name);
    }
  }
  for (const auto* list : {&graph.inputs(), &graph.outputs()}) {
    for (const Value* value : *list) {
      if (list == &graph.outputs() && value->is_network_input()) continue;  // one tensor, both
      if (names.insert(value->name).second) continue;
      return diag.fail(Code::InvalidModel,
                       "two inputs or outputs of the network are named \"{}\": rename one",
                       value->name);
    }
  }
  return {};
}

/// Every input of every node is made before it, and knows that it is read; every use is a reading.
Status verify_links(const Graph& graph, Diagnostics& diag) {
  std::unordered_set<const Value*> made(graph.inputs().begin(), graph.inputs().end());
  std::unordered_set<const Node*> nodes;
  std::vector<const Value*> all(graph.inputs().begin(), graph.inputs().end());
  for (const auto& node : graph.nodes()) {
    nodes.insert(node.get());
    for (size_t i = 0; i < node->inputs().size(); ++i) {
      const Value* value = node->inputs()[i];
      if (value == nullptr) continue;
      if (!made.contains(value) && !is_back_edge(*node, i)) {
        return diag.fail(Code::Internal,
                         "node \"{}\" reads input {} before it is made: sort the graph", node->name,
                         i);
      }
      if (std::ranges::count(value->uses(), Use{node.get(), i}) != 1) {
        return diag.fail(Code::Internal, "value \"{}\" does not know that node \"{}\" reads it",
                         value->name, node->name);
      }
    }
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      const Value* value = node->outputs()[i];
      if (value->producer() != node.get() || value->output_index() != i) {
        return diag.fail(Code::Internal, "output {} of node \"{}\" does not know its producer", i,
                         node->name);
      }
      made.insert(value);
      all.push_back(value);
    }
  }
  for (const Value* value : all) {
    for (const Use& use : value->uses()) {
      if (nodes.contains(use.node) && use.node->input(use.index) == value) continue;
      return diag.fail(Code::Internal, "value \"{}\" has a reader that does not read it",
                       value->name);
    }
  }
  for (const auto& node : graph.nodes()) {
    const auto* recurrence = node->as<ops::Recurrence>();
    const Value* value = recurrence != nullptr ? node->input(1) : nullptr;
    if (value == nullptr || made.contains(value)) continue;
    return diag.fail(Code::Internal, "recurrence \"{}\" is given what no node makes", node->name);
  }
  for (const Value* value : graph.outputs()) {
    if (made.contains(value)) continue;
    return diag.fail(Code::Internal, "network output \"{}\" is made by no node", value->name);
  }
  return {};
}

Status verify_types(const Graph& graph, Diagnostics& diag) {
  for (const auto& node : graph.nodes()) {
    expr::SymbolTable symbols = graph.symbols();
    std::vector<ops::TensorType> types;
    TENON_TRY(graph.infer(*node, symbols, diag, types));
    if (types.size() != node->outputs().size()) {
      return diag.fail(Code::Internal, "node \"{}\" has {} outputs where its rule says {}",
                       node->name, node->outputs().size(), types.size());
    }
    for (size_t i = 0; i < types.size(); ++i) {
      const Value& value = *node->outputs()[i];
      if (same_type(value.type, types[i], symbols, graph.symbols().size())) continue;
      return diag.fail(Code::Internal, "value \"{}\" is {} where the rule of node \"{}\" says {}",
                       value.name, describe(value.type, symbols), node->name,
                       describe(types[i], symbols));
    }
  }
  return {};
}

/// What comes round a loop is of the type that went in.
Status verify_recurrences(const Graph& graph, Diagnostics& diag) {
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Recurrence>() == nullptr || node->input(1) == nullptr) continue;
    const ops::TensorType &first = node->input(0)->type, &next = node->input(1)->type;
    if (first.dtype == next.dtype && first.shape == next.shape) continue;
    return diag.fail(Code::Unsupported,
                     "recurrence \"{}\" begins as {}, but comes round as {}: both must be equal",
                     node->name, describe({first.dtype, first.shape, {}}, graph.symbols()),
                     describe({next.dtype, next.shape, {}}, graph.symbols()));
  }
  return {};
}

}  // namespace

Status verify(const Graph& graph, Diagnostics& diag) {
  TENON_TRY(verify_borders(graph, diag));
  TENON_TRY(verify_links(graph, diag));
  TENON_TRY(verify_types(graph, diag));
  return verify_recurrences(graph, diag);
}

}  // namespace tenon::ir
