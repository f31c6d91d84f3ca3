// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loop and Scan: recurrences, iterators and outputs of a loop.
#include "importers/onnx/operators/subgraph.h"
#include "importers/onnx/table.h"
#include "ir/shape_input.h"

namespace tenon::onnx {

namespace {

/// A loop while it is imported.
class LoopImport {
 public:
  LoopImport(Context& node, const wire::Graph& graph)
      : node_(node),
        session_(node.session()),
        graph_(graph),
        number_(++session_.borders),
        body_(subgraph_scope(node, "body")) {}

  [[nodiscard]] int64_t number() const noexcept { return number_; }

  /// Input `i` of the body is `value`, which takes its name.
  Status bind(size_t i, ir::Value* value) {
    const std::string_view name = graph_.inputs[i].name;
    value->name = body_.prefix() + std::string(name);
    session_.named.insert(value);
    if (body_.bind(name, value)) return {};
    return node_.fail(Code::InvalidModel, "two inputs of the body are named \"{}\"", name);
  }

  /// A recurrence that begins with `first`.
  Result<ir::Value*> carry(ir::Value* first, std::string_view role) {
    if (first == nullptr) {
      return node_.fail(Code::InvalidModel, "the first value of {} is not given", role);
    }
    return node_.add(ops::Recurrence{number_}, {first}, role);
  }
  Status come_round(ir::Value* state, ir::Value* next) {
    if (state->dtype() != next->dtype() || state->shape().size() != next->shape().size()) {
      const expr::SymbolTable& symbols = session_.graph.symbols();
      return node_.fail(
          Code::Unsupported, "\"{}\" begins as {} {}, but comes round as {} {}: both must be equal",
          state->name, to_string(state->dtype()), expr::to_string(state->shape(), symbols),
          to_string(next->dtype()), expr::to_string(next->shape(), symbols));
    }
    session_.graph.set_input(state->producer(), 1, next);
    return {};
  }

  Status limit(ops::TripLimitKind kind, ir::Value* value) {
    return node_
        .add_node(ops::TripLimit{number_, kind}, {value},
                  fmt::format("{}/{}", node_.name(), to_string(kind)))
        .status();
  }

  Result<std::vector<ir::Value*>> import() { return import_subgraph(node_, "body", graph_, body_); }

  /// Output `i` of the node is the last value of a state.
  Status last(size_t i, ir::Value* state) {
    if (!node_.wants(i)) return {};
    TENON_ASSIGN(ir::Value * made,
                 node_.add(ops::LoopOutput{number_}, {state}, fmt::format("output_{}", i)));
    return node_.output(i, made);
  }
  /// Output `i` of the node is all values that `value` had.
  Status all(size_t i, ir::Value* value, ir::Value* length, const ops::LoopOutput& how) {
    if (!node_.wants(i)) return {};
    TENON_ASSIGN(ir::Value * made, node_.add(how, {value, length}, fmt::format("output_{}", i)));
    return node_.output(i, made);
  }

  Result<ir::Value*> constant(DType type, int64_t value, std::string_view role) {
    if (type == DType::Bool) {
      const std::byte byte{value != 0};
      return node_.add_constant(ops::ConstantData::copy(type, {}, {&byte, 1}), role);
    }
    const std::vector<int64_t> one{value};
    return node_.add_constant(ops::ConstantData::of<int64_t>({}, one), role);
  }

 private:
  Context& node_;
  Session& session_;
  const wire::Graph& graph_;
  int64_t number_;
  Scope body_;
};

/// Whether `value` is `state` as it came in.
bool passed_on(const ir::Value* value, const ir::Value* state) {
  while (value != state && value->producer() != nullptr &&
         value->producer()->as<ops::Identity>() != nullptr) {
    value = value->producer()->input(0);
  }
  return value == state;
}

bool is_true(const ops::ConstantData* data) {
  return data != nullptr && data->count() == 1 && data->integer(0) != 0;
}

/// How many iterations there are at most, as output `i` must know.
Result<ir::Value*> greatest_length(Context& node, size_t i) {
  if (!node.has(0)) {
    return node.fail(
        Code::Unsupported,
        "output {} (\"{}\") has as many entries as there are iterations, which nothing "
        "limits: give the loop its input 0, the greatest number",
        i, node.node().outputs[i]);
  }
  if (const ops::ConstantData* data = node.known(0); data != nullptr && data->count() == 1) {
    const std::vector<int64_t> most{data->integer(0)};
    return node.add_constant(ops::ConstantData::of<int64_t>({}, most), "most_trips");
  }
  CollectingSink unheard;
  Diagnostics quiet(unheard);
  if (ir::follow_content(node.session().graph, *node.in(0), quiet).ok()) return node.in(0);
  return node.fail(
      Code::Unsupported,
      "output {} (\"{}\") has as many entries as there are iterations, but their "
      "greatest number (input 0, \"{}\") depends on data that only a run has: make it a "
      "constant, or compute it from shapes",
      i, node.node().outputs[i], node.in(0)->name);
}

Status import_loop(Context& node) {
  TENON_TRY(node.expect_inputs(0, 1 << 20));
  TENON_ASSIGN(const wire::Graph* graph, subgraph(node, "body"));
  const size_t states = node.inputs().size() < 2 ? 0 : node.inputs().size() - 2;
  if (graph->inputs.size() != states + 2 || graph->outputs.size() < states + 1) {
    return node.fail(Code::InvalidModel,
                     "the body takes {} inputs and gives {} outputs, not {} and {} or more",
                     graph->inputs.size(), graph->outputs.size(), states + 2, states + 1);
  }
  LoopImport loop(node, *graph);
  TENON_ASSIGN(ir::Value * zero, loop.constant(DType::I64, 0, "first_trip"));
  TENON_ASSIGN(ir::Value * one, loop.constant(DType::I64, 1, "one_trip"));
  TENON_ASSIGN(ir::Value * trip, loop.carry(zero, "trip"));
  TENON_ASSIGN(ir::Value * next_trip,
               node.add(ops::ElementWise{ops::ElementWiseKind::Add}, {trip, one}, "next_trip"));
  TENON_TRY(loop.come_round(trip, next_trip));
  TENON_TRY(loop.bind(0, trip));
  const bool begins = !node.has(1) || is_true(node.known(1));
  ir::Value* first = node.in(1);
  if (first == nullptr) {
    TENON_ASSIGN(first, loop.constant(DType::Bool, 1, "first_condition"));
  }
  TENON_ASSIGN(ir::Value * condition, loop.carry(first, "condition"));
  TENON_TRY(loop.bind(1, condition));
  std::vector<ir::Value*> carried;
  for (size_t i = 0; i < states; ++i) {
    TENON_ASSIGN(ir::Value * state, loop.carry(node.in(i + 2), fmt::format("state_{}", i)));
    TENON_TRY(loop.bind(i + 2, state));
    carried.push_back(state);
  }
  TENON_ASSIGN(const auto values, loop.import());
  TENON_TRY(loop.come_round(condition, values[0]));
  const bool counted = begins && passed_on(values[0], condition);
  if (!counted) TENON_TRY(loop.limit(ops::TripLimitKind::While, condition));
  if (node.has(0)) TENON_TRY(loop.limit(ops::TripLimitKind::Count, node.in(0)));
  for (size_t i = 0; i < states; ++i) {
    TENON_TRY(loop.come_round(carried[i], values[i + 1]));
    TENON_TRY(loop.last(i, carried[i]));
  }
  ir::Value* length = nullptr;
  for (size_t i = states; i < node.output_count(); ++i) {
    if (!node.wants(i)) continue;
    if (i + 1 >= values.size()) {
      return node.fail(Code::InvalidModel, "the body has no output for output {} of the node", i);
    }
    if (length == nullptr) {
      TENON_ASSIGN(length, greatest_length(node, i));
    }
    TENON_TRY(loop.all(i, values[i + 1], length,
                       {loop.number(), ops::LoopOutputKind::Concatenate, 0, !counted}));
  }
  return {};
}

/// Entry `i` of a list that may be left out.
int64_t entry(const std::vector<int64_t>& list, size_t i) { return i < list.size() ? list[i] : 0; }

Status import_scan(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1 << 20));
  TENON_ASSIGN(const wire::Graph* graph, subgraph(node, "body"));
  TENON_ASSIGN(const int64_t scanned, node.integer("num_scan_inputs", 0));
  const size_t inputs = node.inputs().size();
  if (scanned < 1 || static_cast<size_t>(scanned) > inputs || graph->inputs.size() != inputs ||
      graph->outputs.size() + static_cast<size_t>(scanned) < inputs) {
    return node.fail(
        Code::InvalidModel,
        "{} of {} inputs are scanned, and the body takes {} and gives {}: these do not "
        "go together",
        scanned, inputs, graph->inputs.size(), graph->outputs.size());
  }
  const size_t states = inputs - static_cast<size_t>(scanned);
  TENON_ASSIGN(const auto axes, node.integers("scan_input_axes"));
  TENON_ASSIGN(const auto directions, node.integers("scan_input_directions"));
  TENON_ASSIGN(const auto output_axes, node.integers("scan_output_axes"));
  TENON_ASSIGN(const auto output_directions, node.integers("scan_output_directions"));
  LoopImport loop(node, *graph);
  std::vector<ir::Value*> carried;
  for (size_t i = 0; i < states; ++i) {
    TENON_ASSIGN(ir::Value * state, loop.carry(node.in(i), fmt::format("state_{}", i)));
    TENON_TRY(loop.bind(i, state));
    carried.push_back(state);
  }
  ir::Value* length = nullptr;
  for (size_t i = states; i < inputs; ++i) {
    if (!node.has(i)) return node.fail(Code::InvalidModel, "input {} is not given", i);
    TENON_ASSIGN(const int64_t axis, node.normal_axis(entry(axes, i - states), node.rank(i)));
    const bool reverse = entry(directions, i - states) != 0;
    TENON_ASSIGN(ir::Value * slice, node.add(ops::Iterator{loop.number(), axis, reverse},
                                             {node.in(i)}, fmt::format("slice_{}", i - states)));
    TENON_TRY(loop.bind(i, slice));
    if (length != nullptr) continue;
    TENON_ASSIGN(ir::Value * extents, node.add(ops::Shape{}, {node.in(i)}, "extents"));
    TENON_ASSIGN(ir::Value * which, loop.constant(DType::I64, axis, "axis"));
    TENON_ASSIGN(length, node.add(ops::Gather{0}, {extents, which}, "length"));
  }
  TENON_TRY(loop.limit(ops::TripLimitKind::Count, length));
  TENON_ASSIGN(const auto values, loop.import());
  for (size_t i = 0; i < states; ++i) {
    TENON_TRY(loop.come_round(carried[i], values[i]));
    TENON_TRY(loop.last(i, carried[i]));
  }
  for (size_t i = states; i < node.output_count(); ++i) {
    if (!node.wants(i)) continue;
    if (i >= values.size()) {
      return node.fail(Code::InvalidModel, "the body has no output for output {} of the node", i);
    }
    const auto rank = static_cast<int64_t>(values[i]->shape().size()) + 1;
    TENON_ASSIGN(const int64_t axis, node.normal_axis(entry(output_axes, i - states), rank));
    const bool reverse = entry(output_directions, i - states) != 0;
    const auto kind = reverse ? ops::LoopOutputKind::Reverse : ops::LoopOutputKind::Concatenate;
    TENON_TRY(loop.all(i, values[i], length, {loop.number(), kind, axis, false}));
  }
  return {};
}

constexpr Row kLoopRows[] = {
    {"Loop", 1, kNoEnd, import_loop},
    {"Scan", 9, kNoEnd, import_scan},
};

}  // namespace

std::span<const Row> loop_rows() { return kLoopRows; }

}  // namespace tenon::onnx
