// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies nodes, and says their sizes in symbols of the region's own.
#include "control/region_maker.h"

#include <algorithm>
#include <type_traits>

namespace tenon::control {

using expr::Expr;
using ir::Node;
using ir::Value;

uint32_t NodeInputs::of(Value* value) {
  const auto found = std::find(values_.begin(), values_.end(), value);
  const auto at = static_cast<uint32_t>(found - values_.begin());
  if (found == values_.end()) values_.push_back(value);
  return at;
}

RegionMaker::RegionMaker(const ir::Graph& outer, std::string name, const Borders& borders,
                         NodeInputs& inputs, Diagnostics& diag)
    : outer_(outer), borders_(borders), inputs_(inputs), diag_(diag) {
  graph_->name = std::move(name);
}

Status RegionMaker::run(const NodeSet& members, const std::vector<Value*>& results) {
  members_ = members;
  // First all inputs, so that every size has its symbol when parameters mention it.
  for (const auto& node : outer_.nodes()) {
    if (!members.contains(node.get())) continue;
    for (Value* input : node->inputs()) {
      if (input == nullptr || members.contains(input->producer())) continue;
      TENON_TRY(inside(input).status());
    }
  }
  for (const auto& node : outer_.nodes()) {
    if (members.contains(node.get())) TENON_TRY(copy(*node));
  }
  for (Value* result : results) {
    TENON_ASSIGN(Value * made, inside(result));
    const bool plain = made->producer() != nullptr && made->constant() == nullptr;
    if (!plain || made->is_network_output()) {
      TENON_ASSIGN(Node * passed, graph_->add(ops::Identity{}, {made}, "", diag_));
      made = passed->output();
    }
    graph_->mark_output(made);
  }
  return {};
}

Value* RegionMaker::hand_in(const Value& value, Feed feed, const expr::Shape& shape) {
  expr::Shape own;
  for (const Expr& extent : shape) {
    if (extent.is_constant()) {
      own.push_back(extent);
    } else if (extent.is_symbol()) {
      const std::string& name = outer_.symbols()[extent.symbol_id()].name;
      own.push_back(
          symbols_.try_emplace(extent.symbol_id(), graph_->symbols().named(name)).first->second);
    } else {
      const auto found = std::find_if(composed_.begin(), composed_.end(),
                                      [&](const auto& one) { return one.first == extent; });
      if (found == composed_.end()) {
        composed_.emplace_back(extent,
                               graph_->symbols().named(expr::to_string(extent, outer_.symbols())));
      }
      own.push_back(found == composed_.end() ? composed_.back().second : found->second);
    }
  }
  std::string name = value.name;
  for (int n = 2; graph_->find_value(name) != nullptr; ++n) {
    name = value.name + "." + std::to_string(n);
  }
  feeds_.push_back(feed);
  return graph_->add_input(std::move(name), value.dtype(), std::move(own));
}

Result<Value*> RegionMaker::inside(Value* value) {
  if (value == nullptr) return static_cast<Value*>(nullptr);
  if (const auto found = twins_.find(value); found != twins_.end()) return found->second;
  Node* producer = value->producer();
  Value* made = nullptr;
  if (const auto* constant = producer ? producer->as<ops::Constant>() : nullptr) {
    made = graph_->add_constant(constant->data, value->name);
    made->producer()->name = producer->name;
    made->producer()->sources = producer->sources;
  } else if (members_.contains(producer)) {
    return diag_.fail(Code::Internal, "\"{}\" is read before it is made", value->name);
  } else if (const auto state = borders_.states.find(producer); state != borders_.states.end()) {
    made = hand_in(*value, {From::State, state->second}, value->shape());
  } else if (const auto slice = borders_.slices.find(producer); slice != borders_.slices.end()) {
    made = hand_in(*value, {From::Slice, slice->second}, value->shape());
  } else if (borders_.passes.contains(producer)) {
    TENON_ASSIGN(made, inside(producer->input(0)));
  } else {
    made = hand_in(*value, {From::Node, inputs_.of(value)}, value->shape());
  }
  twins_[value] = made;
  return made;
}

/// Hands a value in that has the size as an extent.
Status RegionMaker::carry(expr::SymbolId id) {
  const auto has = [&](const Value* value) {
    return std::any_of(value->shape().begin(), value->shape().end(), [&](const Expr& extent) {
      return extent.is_symbol() && extent.symbol_id() == id;
    });
  };
  // Network inputs, then what is handed in already and what that is made from: none of these can
  // depend on what the region makes.
  std::vector<Value*> open = outer_.inputs();
  open.insert(open.end(), inputs_.all().begin(), inputs_.all().end());
  std::unordered_set<const Value*> seen;
  for (size_t i = 0; i < open.size(); ++i) {
    Value* value = open[i];
    if (value == nullptr || !seen.insert(value).second) continue;
    if (has(value) && value->constant() == nullptr) return inside(value).status();
    if (value->producer() == nullptr) continue;
    const auto& more = value->producer()->inputs();
    open.insert(open.end(), more.begin(), more.end());
  }
  return diag_.fail(Code::Unsupported,
                    "the size {}, which is used inside, is the extent of no tensor from outside: "
                    "hand one in that has it",
                    outer_.symbols()[id].name);
}

Result<Expr> RegionMaker::inside(const Expr& e) {
  for (const auto& [outside, own] : composed_) {
    if (outside == e) return own;
  }
  Status status{};
  const Expr own = expr::substitute(e, [&](expr::SymbolId id) {
    if (!symbols_.contains(id) && status.ok()) status = carry(id);
    const auto found = symbols_.find(id);
    return found == symbols_.end() ? Expr(0) : found->second;
  });
  TENON_TRY(status);
  return own;
}

Status RegionMaker::translate(ops::Op& op) {
  Status status{};
  std::visit(
      [&](auto& parameters) {
        ops::for_each_field(parameters, [&](const char*, auto& member) {
          if constexpr (std::is_same_v<std::decay_t<decltype(member)>, expr::Shape>) {
            for (Expr& extent : member) {
              auto own = inside(extent);
              if (own.ok()) extent = *own;
              if (status.ok()) status = own.status();
            }
          }
        });
      },
      op);
  return status;
}

Status RegionMaker::copy(const Node& node) {
  const auto scope = diag_.scope("node", node.name);
  ops::Op op = node.op;
  TENON_TRY(translate(op));
  if (auto* foreign = std::get_if<ops::Foreign>(&op)) {
    foreign->op = foreign->op->clone();
    if (foreign->op == nullptr) {
      return diag_.fail(Code::Plugin,
                        "the plugin could not be copied into a loop or conditional: "
                        "its clone() failed");
    }
  }
  std::vector<Value*> inputs;
  for (Value* input : node.inputs()) {
    TENON_ASSIGN(Value * made, inside(input));
    inputs.push_back(made);
  }
  TENON_ASSIGN(Node * made, graph_->add(std::move(op), std::move(inputs), node.name, diag_));
  made->sources = node.sources;
  if (made->outputs().size() != node.outputs().size()) {
    return diag_.fail(Code::Internal, "has {} outputs inside, but {} outside",
                      made->outputs().size(), node.outputs().size());
  }
  for (size_t i = 0; i < made->outputs().size(); ++i) {
    made->output(i)->name = node.output(i)->name;
    twins_[node.output(i)] = made->output(i);
  }
  learn_sizes(node, *made);
  return {};
}

/// Sizes that a node finds out when it runs have a symbol here, too.
void RegionMaker::learn_sizes(const Node& node, const Node& made) {
  for (size_t i = 0; i < made.outputs().size(); ++i) {
    const expr::Shape &before = node.output(i)->shape(), &now = made.output(i)->shape();
    for (size_t axis = 0; axis < std::min(before.size(), now.size()); ++axis) {
      if (before[axis].is_symbol() && !now[axis].is_constant()) {
        symbols_.try_emplace(before[axis].symbol_id(), now[axis]);
      }
    }
  }
}

}  // namespace tenon::control
