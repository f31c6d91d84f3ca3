// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// If: the branch that a known condition takes, or a conditional.
#include <map>

#include "importers/onnx/fold.h"
#include "importers/onnx/operators/subgraph.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

/// The values a branch gives. What it reads of the values around it goes through `hand_in`, if
/// given.
Result<std::vector<ir::Value*>> import_branch(Context& node, std::string_view attribute,
                                              const Scope::HandIn& hand_in) {
  TENON_ASSIGN(const wire::Graph* branch, subgraph(node, attribute));
  if (!branch->inputs.empty() || branch->outputs.size() < node.output_count()) {
    return node.fail(Code::InvalidModel, "{} takes {} inputs and gives {} outputs, not 0 and {}",
                     attribute, branch->inputs.size(), branch->outputs.size(), node.output_count());
  }
  Scope body = subgraph_scope(node, attribute);
  body.set_hand_in(hand_in);
  TENON_ASSIGN(auto values, import_subgraph(node, attribute, *branch, body));
  values.resize(node.output_count());
  return values;
}

/// A conditional, of which a run computes one branch.
Status import_conditional(Context& node) {
  Session& session = node.session();
  const int64_t number = ++session.borders;
  TENON_TRY(
      node.add_node(ops::Condition{number}, {node.in(0)}, fmt::format("{}/condition", node.name()))
          .status());
  std::map<ir::Value*, ir::Value*> handed;
  // What is known belongs to no branch: importers may have to know it, too.
  const auto hand_in = [&](ir::Value* value) -> Result<ir::Value*> {
    if (known(session, *value) != nullptr) return value;
    ir::Value*& inside = handed[value];
    if (inside == nullptr) {
      TENON_ASSIGN(inside, node.add(ops::ConditionalInput{number}, {value}, value->name));
    }
    return inside;
  };
  TENON_ASSIGN(const auto then_values, import_branch(node, "then_branch", hand_in));
  TENON_ASSIGN(const auto else_values, import_branch(node, "else_branch", hand_in));
  for (size_t i = 0; i < then_values.size(); ++i) {
    if (!node.wants(i)) continue;
    TENON_ASSIGN(ir::Value * taken,
                 node.add(ops::ConditionalOutput{number}, {then_values[i], else_values[i]},
                          fmt::format("taken_{}", i)));
    TENON_TRY(node.output(i, taken));
  }
  return {};
}

Status import_if(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  const ops::ConstantData* condition = node.known(0);
  if (condition == nullptr) return import_conditional(node);
  if (condition->count() != 1) {
    return node.fail(Code::InvalidModel, "the condition has {} elements, but must have one",
                     condition->count());
  }
  const bool holds = condition->integer(0) != 0;
  TENON_ASSIGN(const auto values, import_branch(node, holds ? "then_branch" : "else_branch", {}));
  for (size_t i = 0; i < values.size(); ++i) TENON_TRY(node.output(i, values[i]));
  return {};
}

constexpr Row kConditionalRows[] = {
    {"If", 1, kNoEnd, import_if},
};

}  // namespace

std::span<const Row> conditional_rows() { return kConditionalRows; }

}  // namespace tenon::onnx
