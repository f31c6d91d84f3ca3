// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a node's attributes to a request, and from a plugin to a node.
#include "importers/onnx/plugin.h"

#include <algorithm>

#include "ir/shape_input.h"

namespace tenon::onnx {

using wire::Attribute;
using wire::AttributeType;

namespace {

constexpr std::string_view kShapeInputs = "tensorrt_plugin_shape_input_indices";

/// Reads a text attribute that steers the search; absent: `into` stays.
Status read_text(const wire::Node& node, std::string_view name, std::string& into,
                 Diagnostics& diag) {
  const Attribute* found = node.find(name);
  if (found == nullptr) return {};
  if (found->type != AttributeType::String) {
    return diag.fail(Code::InvalidModel, "attribute {} is {}, but must be a text, e.g. \"1\"", name,
                     to_words(found->type));
  }
  into = found->text;
  return {};
}

/// Reads the indices of shape inputs, counted from the front.
Status read_shape_inputs(const wire::Node& node, std::vector<size_t>& indices, Diagnostics& diag) {
  const Attribute* found = node.find(kShapeInputs);
  if (found == nullptr) return {};
  if (found->type != AttributeType::Ints) {
    return diag.fail(Code::InvalidModel, "attribute {} is {}, but must be a list of integers",
                     kShapeInputs, to_words(found->type));
  }
  const auto count = static_cast<int64_t>(node.inputs.size());
  for (const int64_t given : found->integers) {
    const int64_t index = given < 0 ? given + count : given;
    if (index < 0 || index >= count) {
      return diag.fail(Code::InvalidModel,
                       "attribute {} names input {}, but the node has {} inputs", kShapeInputs,
                       given, count);
    }
    const auto place = static_cast<size_t>(index);
    if (std::find(indices.begin(), indices.end(), place) != indices.end()) {
      return diag.fail(Code::InvalidModel, "attribute {} names input {} twice", kShapeInputs,
                       index);
    }
    indices.push_back(place);
  }
  return {};
}

/// The attribute as plain data; false when a request cannot carry its type.
Result<bool> convert(Session& session, const Attribute& from, ops::ForeignAttribute& to,
                     Diagnostics& diag) {
  to.name = from.name;
  to.scalar = true;
  switch (from.type) {
    case AttributeType::Float:
      to.value = std::vector{from.real};
      return true;
    case AttributeType::Int:
      to.value = std::vector{from.integer};
      return true;
    case AttributeType::String:
      to.value = std::vector{std::string(from.text)};
      return true;
    case AttributeType::Floats:
      to.value = from.reals;
      break;
    case AttributeType::Ints:
      to.value = from.integers;
      break;
    case AttributeType::Strings:
      to.value = std::vector<std::string>(from.texts.begin(), from.texts.end());
      break;
    case AttributeType::Tensor: {
      wire::Tensor tensor;
      TENON_TRY(wire::decode_tensor(from.tensor, tensor, diag));
      if (tensor.name.empty()) tensor.name = from.name;
      if (!find_dtype(tensor.data_type)) return false;
      TENON_ASSIGN(to.value, session.tensors.constant(tensor, diag));
      break;
    }
    case AttributeType::Undefined:
    case AttributeType::Graph:
    case AttributeType::Other:
      return false;
  }
  to.scalar = false;
  return true;
}

}  // namespace

Result<ops::ForeignRequest> make_request(Session& session, const wire::Node& node,
                                         std::string node_name, Diagnostics& diag) {
  ops::ForeignRequest request;
  request.node_name = std::move(node_name);
  request.op_type = node.op_type;
  request.domain = node.domain;
  request.namespace_given = node.find("plugin_namespace") != nullptr;
  request.input_count = node.inputs.size();
  TENON_TRY(read_text(node, "plugin_version", request.version, diag));
  TENON_TRY(read_text(node, "plugin_namespace", request.name_space, diag));
  TENON_TRY(read_shape_inputs(node, request.shape_inputs, diag));
  for (const Attribute& attribute : node.attributes) {
    ops::ForeignAttribute converted;
    TENON_ASSIGN(const bool carried, convert(session, attribute, converted, diag));
    if (carried) {
      request.attributes.push_back(std::move(converted));
    } else {
      diag.warn("attribute {} is {} of a type that plugin fields cannot carry: it is left out",
                attribute.name, to_words(attribute.type));
    }
  }
  return request;
}

Status import_plugin(Context& node, const ops::ForeignRequest& request,
                     const std::vector<ir::Value*>& inputs) {
  TENON_ASSIGN(const std::shared_ptr<ops::ForeignOp> plugin,
               node.session().options.resolver->create(request, node.diag));
  std::vector<size_t> last = request.shape_inputs;
  if (!last.empty() && plugin->shape_input_count() == 0) {
    node.diag.warn("attribute {} is ignored: plugins of family {} take no shape inputs",
                   kShapeInputs, plugin->family());
    last.clear();
  }
  std::vector<ir::Value*> ordered;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (std::find(last.begin(), last.end(), i) == last.end()) ordered.push_back(inputs[i]);
  }
  for (const size_t i : last) {
    // A network input read here becomes a shape input: its values are known before each run.
    if (inputs[i] != nullptr) {
      TENON_TRY(ir::follow_content(node.session().graph, *inputs[i], node.diag));
    }
    ordered.push_back(inputs[i]);
  }
  if (node.output_count() > plugin->output_count()) {
    return node.fail(Code::InvalidModel, "has {} outputs, but plugin {} makes {}",
                     node.output_count(), plugin->id().name, plugin->output_count());
  }
  TENON_ASSIGN(ir::Node * made,
               node.add_node(ops::Foreign{plugin}, std::move(ordered), node.name()));
  for (size_t i = 0; i < node.output_count(); ++i) TENON_TRY(node.output(i, made->output(i)));
  return {};
}

}  // namespace tenon::onnx
