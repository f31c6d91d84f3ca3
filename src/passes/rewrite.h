// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The few moves that passes are made of.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "passes/pass.h"

namespace tenon::passes {

/// The nodes whose operator is one of `Structs`, in order; stays valid while others are erased.
template <class... Structs>
std::vector<ir::Node*> nodes_of(const ir::Graph& graph) {
  std::vector<ir::Node*> found;
  for (const auto& node : graph.nodes()) {
    if ((node->as<Structs>() || ...)) found.push_back(node.get());
  }
  return found;
}

/// The one node that reads `value`, once; null when there are more readings, or people look.
ir::Node* only_reader(const PassContext& context, const ir::Value& value);

/// A Constant before `before`, its value and node under `name`.
ir::Value* constant_before(ir::Graph& graph, const ir::Node* before, ops::ConstantRef data,
                           std::string name, PassContext& context);

/// `to` is read, shown and named instead of `from`, whose node is left to dead_code. `to` must not
/// be pinned.
void supplant(ir::Graph& graph, ir::Value* from, ir::Value* to);

/// Erases `reader`, the only reader of node's output, after node's operator took over its work.
void absorb(ir::Graph& graph, ir::Node& node, ir::Node& reader);

/// The name of a node that does the work of nodes of these names: "a + b", or for many "a + … + z
/// (12 layers)".
std::string fused_name(std::span<const std::string> names);

/// Names of the model's nodes behind `node`; its own name when it has none.
std::vector<std::string> sources_of(const ir::Node& node);

/// Appends those of `more` that are not in `sources` yet.
void append_sources(std::vector<std::string>& sources, const std::vector<std::string>& more);

/// The types whose arithmetic passes may rearrange: f32, f16 and bf16.
bool is_real(DType type) noexcept;

/// What a constant of a real type and one element holds; nothing for other values.
std::optional<double> only_number(const ir::Value& value);

/// A constant of a real type whose element i is value(i), rounded.
ops::ConstantRef make_reals(DType dtype, const Dims& dims,
                            const std::function<double(int64_t)>& value);
/// The same of f32.
ops::ConstantRef make_floats(const Dims& dims, const std::function<double(int64_t)>& value);

/// True if every element of `data` equals `value`.
bool all_equal(const ops::ConstantData& data, double value);

}  // namespace tenon::passes
