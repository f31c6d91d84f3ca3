// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an operator of a quick plugin may say, and what is taken where it says nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nvinfer1/plugin_desc.h"
#include "tenon/quick/call.h"
#include "tenon/quick/combinations.h"

namespace tenon {
namespace quick {

/// Name, version and namespace of a plugin.
struct Id {
  std::string space, name, version;

  /// "namespace::name" or "name"; throws std::invalid_argument for an empty name.
  static Id parse(std::string const& text, std::string version) {
    std::size_t const mark = text.rfind("::");
    Id id;
    id.space = mark == std::string::npos ? "" : text.substr(0, mark);
    id.name = mark == std::string::npos ? text : text.substr(mark + 2);
    id.version = std::move(version);
    if (id.name.empty()) throw std::invalid_argument("plugin id '" + text + "' has no name");
    return id;
  }

  std::string text() const {
    return "plugin " + (space.empty() ? name : space + "::" + name) + " version " + version;
  }
};

#define TENON_QUICK_DETECT(member)          \
  template <class Op, class = void>         \
  struct Has_##member : std::false_type {}; \
  template <class Op>                       \
  struct Has_##member<Op, decltype(static_cast<void>(&Op::member))> : std::true_type {}
TENON_QUICK_DETECT(version);
TENON_QUICK_DETECT(outputs);
TENON_QUICK_DETECT(types);
TENON_QUICK_DETECT(combinations);
TENON_QUICK_DETECT(tactics);
TENON_QUICK_DETECT(aliased);
TENON_QUICK_DETECT(workspace);
TENON_QUICK_DETECT(prepare);
#undef TENON_QUICK_DETECT

/// Whether Op has a member template attributes(visitor).
template <class Op, class Visitor, class = void>
struct HasAttributes : std::false_type {};
template <class Op, class Visitor>
struct HasAttributes<Op, Visitor,
                     decltype(static_cast<void>(std::declval<Op&>().attributes(
                         std::declval<Visitor&>())))> : std::true_type {};

/// `std::string id() const`, and `std::string version() const`, else "1".
template <class Op>
Id id_of(Op const& op) {
  if constexpr (Has_version<Op>::value) {
    return Id::parse(op.id(), op.version());
  } else {
    return Id::parse(op.id(), "1");
  }
}

/// `void attributes(Visitor& visit)`, else none.
template <class Op, class Visitor>
void visit_attributes(Op& op, Visitor& visit) {
  if constexpr (HasAttributes<Op, Visitor>::value) op.attributes(visit);
}

/// `int32_t outputs() const`, else one.
template <class Op>
std::int32_t outputs_of(Op const& op) {
  if constexpr (Has_outputs<Op>::value) {
    return op.outputs();
  } else {
    return 1;
  }
}

/// The type of the first input for every output; kFLOAT where there is no input.
inline std::vector<nvinfer1::DataType> as_first(std::vector<nvinfer1::DataType> const& inputs,
                                                std::size_t outputs) {
  return std::vector<nvinfer1::DataType>(outputs,
                                         inputs.empty() ? nvinfer1::DataType::kFLOAT : inputs[0]);
}

/// `std::vector<DataType> types(std::vector<DataType> const& inputs) const`, one an output; else
/// all are of the first input's type.
template <class Op>
std::vector<nvinfer1::DataType> types_of(Op const& op,
                                         std::vector<nvinfer1::DataType> const& inputs,
                                         std::size_t outputs) {
  std::vector<nvinfer1::DataType> types;
  if constexpr (Has_types<Op>::value) {
    types = op.types(inputs);
  } else {
    types = as_first(inputs, outputs);
  }
  if (types.size() == outputs) return types;
  throw std::invalid_argument("types() gives " + std::to_string(types.size()) + " types for " +
                              std::to_string(outputs) + " outputs");
}

/// `std::vector<Combination> combinations(size_t tensors) const`; else none, which means linear
/// tensors, all of one type.
template <class Op>
std::vector<Combination> combinations_of(Op const& op, std::size_t tensors) {
  std::vector<Combination> all;
  if constexpr (Has_combinations<Op>::value) all = op.combinations(tensors);
  for (Combination const& one : all) {
    if (one.types.size() == tensors && one.formats.size() == tensors) continue;
    throw std::invalid_argument("a combination does not name all " + std::to_string(tensors) +
                                " tensors");
  }
  return all;
}

/// `std::vector<int32_t> tactics() const`, distinct and positive; else none.
template <class Op>
std::vector<std::int32_t> tactics_of(Op const& op) {
  if constexpr (Has_tactics<Op>::value) {
    return op.tactics();
  } else {
    return {};
  }
}

/// `int32_t aliased(int32_t output) const`: the input that this output is written over, or -1; else
/// -1. Needs PreviewFeature::kALIASED_PLUGIN_IO_10_03.
template <class Op>
std::int32_t aliased_of(Op const& op, std::int32_t output) {
  if constexpr (Has_aliased<Op>::value) {
    return op.aliased(output);
  } else {
    return -1;
  }
}

/// `size_t workspace(inputs, outputs) const`: bytes for the largest shapes; else none.
template <class Op>
std::size_t workspace_of(Op const& op, std::vector<nvinfer1::DynamicPluginTensorDesc> const& inputs,
                         std::vector<nvinfer1::DynamicPluginTensorDesc> const& outputs) {
  if constexpr (Has_workspace<Op>::value) {
    return op.workspace(inputs, outputs);
  } else {
    return 0;
  }
}

/// `void prepare(Call const&)`: after any change of shapes, before the run; tensors have no memory
/// yet.
template <class Op>
void prepare(Op& op, Call const& call) {
  if constexpr (Has_prepare<Op>::value) op.prepare(call);
}

}  // namespace quick
}  // namespace tenon
