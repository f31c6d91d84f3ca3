// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions of a model: their body is imported in place of the call.
#include <algorithm>

#include "importers/onnx/nodes.h"

namespace tenon::onnx {

namespace {

/// `node` with the caller's attributes where it refers to the function's.
wire::Node filled_in(const wire::Node& node, const wire::Node& call,
                     const wire::Function& function) {
  wire::Node filled = node;
  filled.attributes.clear();
  for (const wire::Attribute& attribute : node.attributes) {
    if (attribute.reference.empty()) {
      filled.attributes.push_back(attribute);
      continue;
    }
    const wire::Attribute* given = call.find(attribute.reference);
    for (const wire::Attribute& fallback : function.defaults) {
      if (given == nullptr && fallback.name == attribute.reference) given = &fallback;
    }
    if (given == nullptr) continue;  // left out by the caller: left out here
    filled.attributes.push_back(*given);
    filled.attributes.back().name = attribute.name;
  }
  return filled;
}

}  // namespace

Status import_function(Context& call, const wire::Function& function) {
  Session& session = call.session();
  const int depth = call.scope().depth() + 1;
  if (depth > kMaxDepth) {
    return call.fail(Code::InvalidModel,
                     "functions call each other more than {} levels deep: does function {} call "
                     "itself?",
                     kMaxDepth, function.name);
  }
  session.nodes_inlined += function.nodes.size();
  if (session.nodes_inlined > kMaxInlined) {
    return call.fail(Code::Unsupported, "the calls of functions unfold to more than {} nodes",
                     kMaxInlined);
  }
  if (call.inputs().size() > function.inputs.size()) {
    return call.fail(Code::InvalidModel, "has {} inputs, but function {} takes {}",
                     call.inputs().size(), function.name, function.inputs.size());
  }
  TENON_TRY(call.expect_outputs(function.outputs.size()));

  Scope body(session, call.name() + '/', function.operator_sets, depth);
  for (size_t i = 0; i < function.inputs.size(); ++i) {
    if (body.bind(function.inputs[i], call.in(i))) continue;
    return call.fail(Code::InvalidModel, "function {} has two inputs \"{}\"", function.name,
                     function.inputs[i]);
  }
  std::vector<wire::Node> nodes;
  nodes.reserve(function.nodes.size());
  for (const wire::Node& node : function.nodes) {
    nodes.push_back(filled_in(node, call.node(), function));
  }
  TENON_TRY(import_nodes(session, body, nodes, call.diag, nullptr));

  for (size_t i = 0; i < call.output_count(); ++i) {
    if (!call.wants(i)) continue;
    TENON_ASSIGN(const Scope::Entry made, body.find(function.outputs[i], call.diag));
    if (made.state != Scope::State::Known || made.value == nullptr) {
      return call.fail(Code::InvalidModel, "function {} does not make its output \"{}\"",
                       function.name, function.outputs[i]);
    }
    // A value of the body takes the caller's name for it; an input passed on keeps its own.
    const auto& inputs = call.inputs();
    const bool passed_on = std::find(inputs.begin(), inputs.end(), made.value) != inputs.end();
    const bool given_out = std::find(function.outputs.begin(), function.outputs.begin() + i,
                                     function.outputs[i]) != function.outputs.begin() + i;
    if (!passed_on && !given_out) session.named.erase(made.value);
    TENON_TRY(call.output(i, made.value));
  }
  return {};
}

}  // namespace tenon::onnx
