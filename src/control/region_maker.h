// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copying nodes out of a network into a graph of their own.
#pragma once

#include <map>
#include <memory>
#include <unordered_set>
#include <vector>

#include "control/program.h"
#include "ir/graph.h"

namespace tenon::control {

using NodeSet = std::unordered_set<const ir::Node*>;

/// The inputs of the node that a loop or conditional becomes, each value once.
class NodeInputs {
 public:
  uint32_t of(ir::Value* value);
  [[nodiscard]] const std::vector<ir::Value*>& all() const noexcept { return values_; }

 private:
  std::vector<ir::Value*> values_;
};

/// The borders at which values come in.
struct Borders {
  std::map<const ir::Node*, uint32_t> slices, states;  ///< of a loop: iterators, recurrences
  NodeSet passes;                                      ///< the inputs of a conditional
};

/// Makes one region. Symbols of the region are extents of its inputs; where a node mentions a size
/// that none of them has, a value that has it is handed in for that alone.
class RegionMaker {
 public:
  /// `outer` keeps its nodes in order. All outlive the maker.
  RegionMaker(const ir::Graph& outer, std::string name, const Borders& borders, NodeInputs& inputs,
              Diagnostics& diag);

  /// Copies `members`, which depend on each other and on the borders alone, and gives an output for
  /// each of `results`, in their order; values from outside may be among them.
  Status run(const NodeSet& members, const std::vector<ir::Value*>& results);

  [[nodiscard]] std::unique_ptr<ir::Graph> take_graph() { return std::move(graph_); }
  [[nodiscard]] std::vector<Feed> take_feeds() { return std::move(feeds_); }

 private:
  /// The copy of a value; of one from outside, the input that hands it in.
  Result<ir::Value*> inside(ir::Value* value);
  ir::Value* hand_in(const ir::Value& value, Feed feed, const expr::Shape& shape);
  Result<expr::Expr> inside(const expr::Expr& e);
  Status carry(expr::SymbolId id);
  Status translate(ops::Op& op);
  Status copy(const ir::Node& node);
  void learn_sizes(const ir::Node& node, const ir::Node& made);

  const ir::Graph& outer_;
  const Borders& borders_;
  NodeInputs& inputs_;
  Diagnostics& diag_;
  NodeSet members_;
  std::unique_ptr<ir::Graph> graph_ = std::make_unique<ir::Graph>();
  std::vector<Feed> feeds_;
  std::map<const ir::Value*, ir::Value*> twins_;
  std::map<expr::SymbolId, expr::Expr> symbols_;  ///< by symbols of outer_
  std::vector<std::pair<expr::Expr, expr::Expr>>
      composed_;  ///< extents of inputs that are formulas
};

}  // namespace tenon::control
