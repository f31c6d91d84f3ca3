// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finds what lies within the borders of each loop and conditional, and moves it.
#include "control/outline.h"

#include <algorithm>
#include <tuple>

#include "control/region_maker.h"

namespace tenon::control {

namespace {

using ir::Graph;
using ir::Node;
using ir::Value;

/// A loop or a conditional, and its number.
struct Owner {
  Kind kind = Kind::Loop;
  int64_t number = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
  friend bool operator<(const Owner& a, const Owner& b) {
    return std::tie(a.kind, a.number) < std::tie(b.kind, b.number);
  }
};

/// Whose border a node is.
std::optional<Owner> owner_of(const Node& node) {
  return std::visit(
      [](const auto& op) -> std::optional<Owner> {
        if constexpr (requires { op.loop; }) return Owner{Kind::Loop, op.loop};
        if constexpr (requires { op.conditional; }) return Owner{Kind::Conditional, op.conditional};
        return std::nullopt;
      },
      node.op);
}

bool is_end(const Node& node) {
  return node.as<ops::LoopOutput>() != nullptr || node.as<ops::ConditionalOutput>() != nullptr;
}
bool is_limit(const Node& node) {
  return node.as<ops::TripLimit>() != nullptr || node.as<ops::Condition>() != nullptr;
}
bool is_start(const Node& node) { return owner_of(node) && !is_end(node) && !is_limit(node); }

std::string words(const Owner& owner) {
  return fmt::format("{} {}", owner.kind == Kind::Loop ? "loop" : "conditional", owner.number);
}

/// Who depends on whom, limits counting as inputs of the ends they govern.
class Links {
 public:
  explicit Links(const Graph& graph) {
    std::map<Owner, std::vector<Node*>> limits;
    for (const auto& node : graph.nodes()) {
      if (is_limit(*node)) limits[*owner_of(*node)].push_back(node.get());
    }
    for (const auto& node : graph.nodes()) {
      for (const Value* input : node->inputs()) {
        if (input != nullptr && input->producer() != nullptr) link(input->producer(), node.get());
      }
      if (!is_end(*node)) continue;
      for (Node* limit : limits[*owner_of(*node)]) link(limit, node.get());
    }
  }

  /// All nodes that can be reached from `open`, these included, over nodes that `passes` lets by.
  template <class Passes>
  [[nodiscard]] NodeSet reach(std::vector<Node*> open, bool forward, Passes&& passes) const {
    NodeSet seen(open.begin(), open.end());
    while (!open.empty()) {
      const Node* node = open.back();
      open.pop_back();
      const auto& links = forward ? readers_ : makers_;
      const auto next = links.find(node);
      if (next == links.end()) continue;
      for (Node* one : next->second) {
        if (passes(*one) && seen.insert(one).second) open.push_back(one);
      }
    }
    return seen;
  }

 private:
  void link(Node* maker, Node* reader) {
    readers_[maker].push_back(reader);
    makers_[reader].push_back(maker);
  }
  std::map<const Node*, std::vector<Node*>> readers_, makers_;
};

/// Cuts nodes off and removes them; nobody else reads what they make.
void remove(Graph& graph, const NodeSet& nodes) {
  std::vector<Node*> all;
  for (const auto& node : graph.nodes()) {
    if (nodes.contains(node.get())) all.push_back(node.get());
  }
  for (Node* node : all) graph.truncate_inputs(node, 0);
  for (Node* node : all) graph.erase(node);
}

/// Removes what no network output needs.
void remove_dead(Graph& graph) {
  std::vector<Node*> roots;
  for (const Value* output : graph.outputs()) {
    if (output->producer() != nullptr) roots.push_back(output->producer());
  }
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Assertion>() != nullptr) roots.push_back(node.get());
  }
  const NodeSet live =
      Links(graph).reach(std::move(roots), false, [](const Node&) { return true; });
  NodeSet dead;
  for (const auto& node : graph.nodes()) {
    if (!live.contains(node.get())) dead.insert(node.get());
  }
  remove(graph, dead);
}

/// The borders of one loop or conditional, and what lies within.
struct Construct {
  Owner owner;
  std::vector<Node*> starts, limits, ends;  ///< in order
  NodeSet forward;                          ///< what depends on the starts, ends not included
  bool holds_others = false;                ///< borders of others lie within
};

/// The value that a loop's or branch's results are made from, as they stand at its borders.
std::vector<Value*> results_of(const Construct& one) {
  std::vector<Value*> results;
  for (const Node* start : one.starts) {
    if (start->as<ops::Recurrence>() != nullptr) results.push_back(start->input(1));
  }
  for (const Node* limit : one.limits) results.push_back(limit->input(0));
  for (const Node* end : one.ends) {
    results.push_back(end->input(0));
    if (end->as<ops::ConditionalOutput>() != nullptr) results.push_back(end->input(1));
  }
  return results;
}

/// What `results` need of what lies within; `start`s are not among it.
NodeSet members_of(const Construct& one, const Links& links, const std::vector<Value*>& results) {
  const auto within = [&](const Node& node) {
    return one.forward.contains(&node) &&
           std::find(one.starts.begin(), one.starts.end(), &node) == one.starts.end();
  };
  std::vector<Node*> roots;
  for (const Value* value : results) {
    if (value != nullptr && value->producer() != nullptr && within(*value->producer())) {
      roots.push_back(value->producer());
    }
  }
  return links.reach(std::move(roots), false, within);
}

std::vector<Construct> find_constructs(const Graph& graph, const Links& links) {
  std::map<Owner, Construct> all;
  for (const auto& node : graph.nodes()) {
    const auto owner = owner_of(*node);
    if (!owner) continue;
    Construct& one = all[*owner];
    one.owner = *owner;
    (is_end(*node) ? one.ends : is_limit(*node) ? one.limits : one.starts).push_back(node.get());
  }
  std::vector<Construct> list;
  for (auto& [owner, one] : all) {
    const auto not_its_end = [&one = one](const Node& node) {
      return owner_of(node) != one.owner || is_start(node);
    };
    one.forward = links.reach(one.starts, true, not_its_end);
    for (const Node* member : members_of(one, links, results_of(one))) {
      one.holds_others |= owner_of(*member).has_value();
    }
    list.push_back(std::move(one));
  }
  return list;
}

/// Moves one construct that holds no others.
class Outliner {
 public:
  Outliner(Graph& graph, const Construct& one, const Links& links,
           const std::shared_ptr<const Services>& services, Diagnostics& diag)
      : graph_(graph), one_(one), links_(links), services_(services), diag_(diag) {}

  Status run() {
    const NodeSet members = members_of(one_, links_, results_of(one_));
    TENON_TRY(check_readers(members));
    program_.kind = one_.owner.kind;
    if (one_.owner.kind == Kind::Loop) {
      TENON_TRY(make_loop());
    } else {
      TENON_TRY(make_conditional());
    }
    return replace(members);
  }

 private:
  /// Values from inside leave by the ends alone.
  Status check_readers(const NodeSet& members) {
    for (const auto& node : graph_.nodes()) {
      const bool inside = members.contains(node.get()) || contains(one_.starts, node.get());
      if (!inside && !one_.forward.contains(node.get())) continue;
      for (const Value* value : node->outputs()) {
        if (inside && !value->is_network_output()) continue;
        return diag_.fail(Code::InvalidModel,
                          "\"{}\" is made inside of {}, but read outside: take it out through an "
                          "output of the {}",
                          value->name, words(one_.owner),
                          one_.owner.kind == Kind::Loop ? "loop" : "conditional");
      }
    }
    return {};
  }
  static bool contains(const std::vector<Node*>& list, const Node* node) {
    return std::find(list.begin(), list.end(), node) != list.end();
  }

  Status make_loop() {
    std::vector<Value*> results;
    for (Node* start : one_.starts) {
      if (const auto* iterator = start->as<ops::Iterator>()) {
        borders_.slices[start] = static_cast<uint32_t>(program_.slices.size());
        program_.slices.push_back({inputs_.of(start->input(0)),
                                   static_cast<uint32_t>(iterator->axis), iterator->reverse});
        continue;
      }
      if (start->input(1) == nullptr) {
        return diag_.fail(Code::InvalidModel,
                          "recurrence \"{}\" of {} is never given its next value: set its input 1",
                          start->name, words(one_.owner));
      }
      borders_.states[start] = static_cast<uint32_t>(program_.states.size());
      program_.states.push_back(
          {inputs_.of(start->input(0)), static_cast<uint32_t>(results.size())});
      results.push_back(start->input(1));
    }
    std::vector<Value*> condition;
    TENON_TRY(add_limits(condition));
    for (const Node* end : one_.ends) TENON_TRY(add_loop_output(*end, results));
    TENON_TRY(add_region("body", results));
    if (!condition.empty()) TENON_TRY(add_region("while", condition));
    return {};
  }

  Status add_limits(std::vector<Value*>& condition) {
    for (const Node* limit : one_.limits) {
      Value* value = limit->input(0);
      if (limit->as<ops::TripLimit>()->kind == ops::TripLimitKind::Count) {
        if (one_.forward.contains(value->producer())) {
          return diag_.fail(Code::InvalidModel,
                            "the number of iterations of {}, \"{}\", is computed inside of it",
                            words(one_.owner), value->name);
        }
        if (program_.count) return twice("number of iterations");
        program_.count = inputs_.of(value);
        continue;
      }
      if (program_.goes_on != While::Always) return twice("condition");
      const auto state = borders_.states.find(value->producer());
      program_.goes_on = state == borders_.states.end() ? While::Region : While::State;
      if (state == borders_.states.end()) {
        condition.push_back(value);
      } else {
        program_.while_state = state->second;
      }
    }
    if (!one_.limits.empty()) return {};
    return diag_.fail(Code::InvalidModel, "{} has no trip limit: it would never end",
                      words(one_.owner));
  }
  Status twice(const char* what) {
    return diag_.fail(Code::InvalidModel, "{} has a second {}", words(one_.owner), what);
  }

  Status add_loop_output(const Node& end, std::vector<Value*>& results) {
    const auto& op = *end.as<ops::LoopOutput>();
    Output output;
    const auto state = borders_.states.find(end.input(0)->producer());
    if (op.kind == ops::LoopOutputKind::Last && state != borders_.states.end()) {
      program_.outputs.push_back({Gives::State, state->second});
      return {};
    }
    output.source = static_cast<uint32_t>(results.size());
    results.push_back(end.input(0));
    if (op.kind == ops::LoopOutputKind::Last) {
      output.gives = Gives::Value;
    } else {
      if (end.input(1) == nullptr) {
        return diag_.fail(Code::InvalidModel,
                          "output \"{}\" of {} is not told how long it is: set its input 1",
                          end.name, words(one_.owner));
      }
      output.gives = op.kind == ops::LoopOutputKind::Reverse ? Gives::Reverse : Gives::Stack;
      output.axis = static_cast<uint32_t>(op.axis);
      output.exact = op.exact;
      output.length = inputs_.of(end.input(1));
    }
    program_.outputs.push_back(output);
    return {};
  }

  Status make_conditional() {
    if (one_.limits.size() != 1) {
      return diag_.fail(Code::InvalidModel, "{} has {} conditions, but must have one",
                        words(one_.owner), one_.limits.size());
    }
    borders_.passes.insert(one_.starts.begin(), one_.starts.end());
    program_.condition = inputs_.of(one_.limits[0]->input(0));
    std::vector<Value*> then_results, else_results;
    for (const Node* end : one_.ends) {
      program_.outputs.push_back({Gives::Taken, static_cast<uint32_t>(then_results.size())});
      then_results.push_back(end->input(0));
      else_results.push_back(end->input(1));
    }
    TENON_TRY(add_region("then", then_results));
    return add_region("else", else_results);
  }

  Status add_region(const char* role, const std::vector<Value*>& results) {
    RegionMaker maker(graph_, fmt::format("{}/{}", words(one_.owner), role), borders_, inputs_,
                      diag_);
    TENON_TRY(maker.run(members_of(one_, links_, results), results));
    regions_.push_back(maker.take_graph());
    program_.feeds.push_back(maker.take_feeds());
    return {};
  }

  Status replace(const NodeSet& members) {
    std::vector<std::string> sources;
    for (const auto& node : graph_.nodes()) {
      const bool mine = members.contains(node.get()) || owner_of(*node) == one_.owner;
      if (mine) sources.insert(sources.end(), node->sources.begin(), node->sources.end());
    }
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    auto op = std::make_shared<ControlOp>(words(one_.owner), std::move(program_),
                                          std::move(regions_), services_);
    TENON_ASSIGN(Node * made, graph_.add(ops::Foreign{std::move(op)}, inputs_.all(),
                                         one_.ends.front()->name, diag_));
    made->sources = std::move(sources);
    for (size_t i = 0; i < one_.ends.size(); ++i) {
      Value* before = one_.ends[i]->output();
      const std::string name = before->name;
      graph_.replace(before, made->output(i));
      made->output(i)->name = name;
    }
    NodeSet gone = members;
    for (const auto* list : {&one_.starts, &one_.limits, &one_.ends}) {
      gone.insert(list->begin(), list->end());
    }
    remove(graph_, gone);
    return {};
  }

  Graph& graph_;
  const Construct& one_;
  const Links& links_;
  const std::shared_ptr<const Services>& services_;
  Diagnostics& diag_;
  Borders borders_;
  NodeInputs inputs_;
  Program program_;
  std::vector<std::unique_ptr<Graph>> regions_;
};

}  // namespace

Status outline(Graph& graph, const std::shared_ptr<const Services>& services, Diagnostics& diag) {
  remove_dead(graph);
  TENON_TRY(graph.refresh(diag));
  while (true) {
    const Links links(graph);
    const std::vector<Construct> constructs = find_constructs(graph, links);
    if (constructs.empty()) return graph.refresh(diag);
    const auto inner = std::find_if(constructs.begin(), constructs.end(),
                                    [](const Construct& one) { return !one.holds_others; });
    if (inner == constructs.end()) {
      return diag.fail(Code::InvalidModel, "{} and another lie within each other",
                       words(constructs.front().owner));
    }
    if (inner->ends.empty()) {
      return diag.fail(Code::Internal, "{} has no outputs", words(inner->owner));
    }
    TENON_TRY(Outliner(graph, *inner, links, services, diag).run());
    TENON_TRY(graph.refresh(diag));
  }
}

}  // namespace tenon::control
