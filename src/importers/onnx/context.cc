// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading inputs and attributes of a node, and adding what it becomes.
#include "importers/onnx/context.h"

#include <algorithm>
#include <cmath>

#include "importers/onnx/fold.h"
#include "ir/shape_input.h"

namespace tenon::onnx {

using wire::AttributeType;

Context::Context(Session& session, Scope& scope, const wire::Node& node, std::string name,
                 std::vector<ir::Value*> inputs, Diagnostics& diagnostics)
    : diag(diagnostics),
      session_(session),
      scope_(scope),
      node_(node),
      name_(std::move(name)),
      inputs_(std::move(inputs)),
      opset_(std::min(scope.opset(""), kNewestOpset)) {}

Status Context::expect_inputs(size_t least, size_t most) {
  size_t count = inputs_.size();
  while (count > 0 && !has(count - 1)) --count;
  if (count < least || count > most) {
    return fail(Code::InvalidModel, "has {} inputs, but takes {}", count,
                least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most));
  }
  for (size_t i = 0; i < least; ++i) {
    if (!has(i)) return fail(Code::InvalidModel, "input {} is left out, but is not optional", i);
  }
  return {};
}

Status Context::expect_rank(size_t i, int64_t wanted) {
  if (rank(i) == wanted) return {};
  return fail(Code::InvalidModel, "input {} (\"{}\") has rank {}, but must have rank {}", i,
              in(i)->name, rank(i), wanted);
}

Result<ops::Content> Context::content(size_t i, std::string_view what) {
  const ir::Value* value = in(i);
  if (value->dtype() != DType::I64 && value->dtype() != DType::I32) {
    return fail(Code::InvalidModel, "input {} (\"{}\", {}) is of type {}, but must be i64 or i32",
                i, value->name, what, to_string(value->dtype()));
  }
  if (value->type.content) return *value->type.content;
  if (const ops::ConstantData* data = known(i)) {
    ops::Content content;
    for (int64_t k = 0; k < data->count(); ++k) content.emplace_back(data->integer(k));
    return content;
  }
  return fail(Code::Unsupported,
              "input {} (\"{}\", {}) must be known when the engine is built, but depends on data "
              "that only a run has: make it a constant, or compute it from shapes",
              i, value->name, what);
}

Result<ops::Content> Context::extents(size_t i, std::string_view what) {
  if (known(i) == nullptr) {
    CollectingSink unheard;
    Diagnostics quiet(unheard);
    (void)ir::follow_content(session_.graph, *inputs_[i], quiet);
  }
  return content(i, what);
}

Result<std::vector<int64_t>> Context::numbers(size_t i, std::string_view what) {
  TENON_ASSIGN(const ops::Content elements, content(i, what));
  std::vector<int64_t> numbers;
  for (const expr::Expr& element : elements) {
    if (!element.is_constant()) {
      return fail(Code::Unsupported,
                  "input {} (\"{}\", {}) depends on dynamic extents: fix them, or make it a "
                  "constant",
                  i, in(i)->name, what);
    }
    numbers.push_back(element.constant());
  }
  return numbers;
}

const ops::ConstantData* Context::known(size_t i) {
  return has(i) ? onnx::known(session_, *in(i)) : nullptr;
}

Result<const ops::ConstantData*> Context::constant(size_t i, std::string_view what) {
  if (const ops::ConstantData* data = known(i)) return data;
  return fail(Code::Unsupported,
              "input {} (\"{}\", {}) must be known when the engine is built, but is computed from "
              "data that only a run has: make it a constant",
              i, in(i)->name, what);
}

Status Context::expect_attribute(std::string_view attribute) {
  if (has_attribute(attribute)) return {};
  return fail(Code::InvalidModel, "attribute {} is missing", attribute);
}

Result<const wire::Attribute*> Context::find(std::string_view attribute, AttributeType type) {
  const wire::Attribute* found = node_.find(attribute);
  if (found == nullptr || found->type == type) return found;
  return fail(Code::InvalidModel, "attribute {} is {}, but must be {}", attribute,
              to_words(found->type), to_words(type));
}

Result<int64_t> Context::integer(std::string_view attribute, int64_t otherwise) {
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::Int));
  return found ? found->integer : otherwise;
}

Result<float> Context::real(std::string_view attribute, float otherwise) {
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::Float));
  return found ? found->real : otherwise;
}

Result<std::string_view> Context::text(std::string_view attribute, std::string_view otherwise) {
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::String));
  return found ? found->text : otherwise;
}

Result<std::vector<int64_t>> Context::integers(std::string_view attribute) {
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::Ints));
  return found ? found->integers : std::vector<int64_t>{};
}

Result<std::vector<float>> Context::reals(std::string_view attribute) {
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::Floats));
  return found ? found->reals : std::vector<float>{};
}

Result<ops::ConstantRef> Context::tensor(std::string_view attribute) {
  TENON_TRY(expect_attribute(attribute));
  TENON_ASSIGN(const wire::Attribute* found, find(attribute, AttributeType::Tensor));
  wire::Tensor tensor;
  TENON_TRY(wire::decode_tensor(found->tensor, tensor, diag));
  if (tensor.name.empty()) tensor.name = attribute;
  return session_.tensors.constant(tensor, diag);
}

Result<size_t> Context::choice(std::string_view attribute, std::string_view otherwise,
                               std::initializer_list<std::string_view> choices) {
  TENON_ASSIGN(const std::string_view value, text(attribute, otherwise));
  const auto* found = std::find(choices.begin(), choices.end(), value);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  std::string list;
  for (const std::string_view choice : choices) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", choice);
  }
  return fail(Code::Unsupported, "attribute {} is \"{}\"; supported are {}", attribute, value,
              list);
}

Result<int64_t> Context::axis(std::string_view attribute, int64_t otherwise, int64_t rank) {
  TENON_ASSIGN(const int64_t value, integer(attribute, otherwise));
  return normal_axis(value, rank);
}

Result<int64_t> Context::normal_axis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  return fail(Code::InvalidModel, "axis {} does not exist in a tensor of rank {}", axis, rank);
}

Result<std::vector<int64_t>> Context::normal_axes(std::vector<int64_t> axes, int64_t rank) {
  for (int64_t& axis : axes) {
    TENON_ASSIGN(axis, normal_axis(axis, rank));
  }
  std::sort(axes.begin(), axes.end());
  const auto twice = std::adjacent_find(axes.begin(), axes.end());
  if (twice != axes.end()) return fail(Code::InvalidModel, "axis {} is named twice", *twice);
  return axes;
}

Result<Dims> Context::dims(const std::vector<int64_t>& list, std::string_view what) {
  if (list.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return fail(Code::InvalidModel, "{} has {} entries, more than the {} axes a tensor may have",
                what, list.size(), Dims::kMaxRank);
  }
  Dims dims;
  for (const int64_t value : list) dims.push_back(value);
  return dims;
}

Result<ir::Node*> Context::add_node(ops::Op op, std::vector<ir::Value*> inputs,
                                    std::string node_name) {
  TENON_ASSIGN(ir::Node * made,
               session_.graph.add(std::move(op), std::move(inputs), std::move(node_name), diag));
  made->sources = {name_};
  return made;
}

Result<ir::Value*> Context::add(ops::Op op, std::vector<ir::Value*> inputs, std::string_view role) {
  std::string helper = session_.unique_name(fmt::format("{}/{}", name_, role));
  TENON_ASSIGN(ir::Node * made, add_node(std::move(op), std::move(inputs), std::move(helper)));
  return made->output();
}

ir::Value* Context::add_constant(ops::ConstantRef data, std::string_view role) {
  return session_.graph.add_constant(std::move(data),
                                     session_.unique_name(fmt::format("{}/{}", name_, role)));
}

Result<ir::Value*> Context::scalar(DType dtype, double value, std::string_view role) {
  if (is_storage(dtype)) {
    return fail(Code::Unsupported, "cannot be computed on {}: cast to f32 first", to_string(dtype));
  }
  return add_constant(make_constant(dtype, {}, {&value, 1}), role);
}

Status Context::finish(ops::Op op, std::vector<ir::Value*> inputs) {
  TENON_ASSIGN(ir::Node * made, add_node(std::move(op), std::move(inputs), name_));
  return output(0, made->output());
}

Status Context::expect_outputs(size_t count) {
  for (size_t i = count; i < node_.outputs.size(); ++i) {
    if (node_.outputs[i].empty()) continue;
    return fail(Code::Unsupported, "output {} (\"{}\") is asked for, but is not supported", i,
                node_.outputs[i]);
  }
  return {};
}

Status Context::output(size_t i, ir::Value* value) {
  if (!wants(i)) return {};
  // A value has one name: what has one already is passed on.
  if (value->is_network_input() || session_.named.contains(value)) {
    TENON_ASSIGN(value, add(ops::Identity{}, {value}, node_.outputs[i]));
  }
  value->name = scope_.prefix() + std::string(node_.outputs[i]);
  session_.named.insert(value);
  if (scope_.bind(node_.outputs[i], value)) return {};
  return fail(Code::InvalidModel, "makes value \"{}\", which something else makes already",
              node_.outputs[i]);
}

}  // namespace tenon::onnx
