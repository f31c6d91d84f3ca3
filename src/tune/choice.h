// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Choosing how every node of a graph is computed, reformats between them counted.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernel/layout.h"

namespace tenon::tune {

/// The graph as the choice sees it: vertices are nodes and the ends of the network; an option of a
/// vertex has a time and a layout at each of its ports.
struct ChoiceGraph {
  struct Option {
    double ms = 0;
    std::vector<kernel::Layout> ports;
  };
  struct Vertex {
    std::vector<Option> options;  ///< at least one
  };
  struct Link {
    uint32_t vertex = 0, port = 0;
  };
  /// A tensor that one vertex makes and others read. Readers of the same layout share a reformat.
  struct Value {
    Link from;
    std::vector<Link> to;
  };
  std::vector<Vertex> vertices;
  std::vector<Value> values;
};

/// Milliseconds to bring value number `value` from one layout (as its maker leaves it) to another;
/// kImpossible when that cannot be done. Not asked for equal layouts.
using ReformatCost =
    std::function<double(size_t value, const kernel::Layout& from, const kernel::Layout& to)>;

/// The option of every vertex, for the least sum of times and reformats (see assignment.h for how
/// near). Deterministic.
std::vector<uint32_t> choose(const ChoiceGraph& graph, const ReformatCost& reformat);

/// What a choice costs, each reformat counted once; kImpossible when it cannot be carried out.
double cost_of(const ChoiceGraph& graph, const ReformatCost& reformat,
               const std::vector<uint32_t>& choice);

}  // namespace tenon::tune
