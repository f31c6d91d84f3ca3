// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a graph pass is, and what it is told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "ir/evaluator.h"
#include "ir/graph.h"

namespace tenon::passes {

/// What the integers of a tensor stand for.
struct QuantisedTensor {
  std::string stands_for;  ///< the tensor of real numbers, as the model names it
  ops::Grid grid;
  DType type = DType::I8;
  bool by_range = false;  ///< made from a range; else the model brought it
};
using QuantisedTensors = std::map<std::string, QuantisedTensor>;  ///< by name

/// Handed to every pass of one run.
struct PassContext {
  Diagnostics& diag;
  ir::Evaluator* evaluator = nullptr;    ///< null: nothing is computed at build time
  std::unordered_set<std::string> keep;  ///< names of values that must stay, besides the outputs
  /// Of tensors by name, the greatest magnitude expected; empty: nothing is quantised by ranges.
  std::unordered_map<std::string, float> ranges;
  /// Asks the plugin of a Foreign node whether its tensors can be i8 with these steps, inputs and
  /// then outputs, and tells it so. Null: no plugin is given integers.
  std::function<bool(const ir::Node& node, std::span<const float> steps)> takes_integers;
  /// f16 or bf16: what products of f32 are to be computed in; nullopt: f32 stays.
  std::optional<DType> lower_to;
  QuantisedTensors* quantised = nullptr;  ///< gains tensors of small integers; may be null
  size_t changes = 0;                     ///< counted up by the pass, at least once a change

  /// True if people look at this value, so that it may not vanish.
  [[nodiscard]] bool pinned(const ir::Value& value) const {
    return value.is_network_output() || keep.contains(value.name);
  }
};

/// One pass. `run` rewrites a sound graph into one that computes the same; it may leave nodes
/// without readers, stale types and a broken order, which the pipeline mends. It fails only when
/// the graph itself is at fault.
struct Pass {
  const char* name;
  Status (*run)(ir::Graph& graph, PassContext& context);
  bool fuses = false;        ///< joins operators: left out when fusion is switched off
  bool bakes_grids = false;  ///< depends on scales: left out when numbers of constants may change
};

}  // namespace tenon::passes
