// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: ONNX files made in memory, and importing them.
#pragma once

#include <protozero/pbf_writer.hpp>

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "importers/onnx/import.h"

namespace tenon::onnx::testing {

/// Numbers of TensorProto.DataType.
enum : int32_t { kFloat = 1, kUint8 = 2, kUint16 = 4, kInt32 = 6, kInt64 = 7, kString = 8 };

/// An extent: a number, a name, or (empty) neither.
using Extent = std::variant<std::monostate, int64_t, std::string>;

inline std::string message(std::string_view name, std::string_view value) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_string(1, name.data(), name.size());
  writer.add_string(2, value.data(), value.size());
  return bytes;
}

/// An AttributeProto.
using AttributeValue = std::variant<int64_t, float, std::string, std::vector<int64_t>>;
inline std::string attribute(std::string_view name, const AttributeValue& value,
                             std::string_view reference = "") {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_string(1, name.data(), name.size());
  constexpr int kTypes[] = {2, 1, 3, 7};
  writer.add_enum(20, kTypes[value.index()]);
  if (!reference.empty()) {
    writer.add_string(21, reference.data(), reference.size());
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    writer.add_int64(3, *number);
  } else if (const auto* real = std::get_if<float>(&value)) {
    writer.add_float(2, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    writer.add_string(4, *text);
  } else {
    for (const int64_t item : std::get<std::vector<int64_t>>(value)) writer.add_int64(8, item);
  }
  return bytes;
}

/// A NodeProto.
struct NodeSpec {
  std::string op_type;
  std::vector<std::string> inputs, outputs;
  std::vector<std::string> attributes = {};
  std::string name = {}, domain = {};

  [[nodiscard]] std::string bytes() const {
    std::string made;
    protozero::pbf_writer writer(made);
    for (const std::string& input : inputs) writer.add_string(1, input);
    for (const std::string& output : outputs) writer.add_string(2, output);
    if (!name.empty()) writer.add_string(3, name);
    writer.add_string(4, op_type);
    for (const std::string& one : attributes) writer.add_message(5, one);
    if (!domain.empty()) writer.add_string(7, domain);
    return made;
  }
};

/// A TensorProto with raw bytes.
inline std::string raw_tensor(std::string_view name, int32_t type, const std::vector<int64_t>& dims,
                              std::string_view raw) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  for (const int64_t extent : dims) writer.add_int64(1, extent);
  writer.add_int32(2, type);
  writer.add_string(8, name.data(), name.size());
  writer.add_bytes(9, raw.data(), raw.size());
  return bytes;
}
inline std::string float_tensor(std::string_view name, const std::vector<int64_t>& dims,
                                const std::vector<float>& values) {
  return raw_tensor(name, kFloat, dims,
                    {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}
inline std::string int64_tensor(std::string_view name, const std::vector<int64_t>& values) {
  return raw_tensor(name, kInt64, {static_cast<int64_t>(values.size())},
                    {reinterpret_cast<const char*>(values.data()), values.size() * 8});
}

/// A TensorProto whose numbers lie in another file.
inline std::string external_tensor(std::string_view name, const std::vector<int64_t>& dims,
                                   std::vector<std::pair<std::string, std::string>> entries) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  for (const int64_t extent : dims) writer.add_int64(1, extent);
  writer.add_int32(2, kFloat);
  writer.add_string(8, name.data(), name.size());
  for (const auto& [key, value] : entries) writer.add_message(13, message(key, value));
  writer.add_enum(14, 1);
  return bytes;
}

/// A ModelProto, built up piece by piece.
class Model {
 public:
  explicit Model(int64_t opset) { import("", opset); }

  Model& import(std::string_view domain, int64_t version) {
    std::string set;
    protozero::pbf_writer writer(set);
    writer.add_string(1, domain.data(), domain.size());
    writer.add_int64(2, version);
    sets_ += field(8, set);
    return *this;
  }
  Model& node(const NodeSpec& spec) { return add(1, spec.bytes()); }
  Model& initializer(const std::string& tensor) { return add(5, tensor); }
  Model& input(std::string_view name, const std::vector<Extent>& shape, int32_t type = kFloat) {
    return add(11, value_info(name, shape, type));
  }
  Model& output(std::string_view name) { return add(12, value_info(name, {}, kFloat)); }
  Model& sparse_initializer() { return add(15, ""); }
  Model& function(std::string_view domain, std::string_view name,
                  const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                  const std::vector<NodeSpec>& nodes) {
    std::string made;
    protozero::pbf_writer writer(made);
    writer.add_string(1, name.data(), name.size());
    for (const std::string& input : inputs) writer.add_string(4, input);
    for (const std::string& output : outputs) writer.add_string(5, output);
    for (const NodeSpec& spec : nodes) writer.add_message(7, spec.bytes());
    writer.add_string(10, domain.data(), domain.size());
    std::string set;
    protozero::pbf_writer(set).add_int64(2, 13);
    writer.add_message(9, set);
    functions_ += field(25, made);
    return *this;
  }
  [[nodiscard]] std::string bytes() const { return sets_ + functions_ + field(7, graph_); }

 private:
  static std::string field(uint32_t number, const std::string& content) {
    std::string made;
    protozero::pbf_writer(made).add_message(number, content);
    return made;
  }
  Model& add(uint32_t number, const std::string& content) {
    graph_ += field(number, content);
    return *this;
  }
  static std::string value_info(std::string_view name, const std::vector<Extent>& extents,
                                int32_t type) {
    std::string shape;
    for (const Extent& extent : extents) {
      std::string dim;
      protozero::pbf_writer writer(dim);
      if (const auto* number = std::get_if<int64_t>(&extent)) writer.add_int64(1, *number);
      if (const auto* text = std::get_if<std::string>(&extent)) writer.add_string(2, *text);
      shape += field(1, dim);
    }
    std::string tensor;
    protozero::pbf_writer writer(tensor);
    writer.add_int32(1, type);
    writer.add_message(2, shape);
    std::string info;
    protozero::pbf_writer(info).add_string(1, name.data(), name.size());
    return info + field(2, field(1, tensor));
  }

  std::string sets_, functions_, graph_;
};

/// An import with all it says.
struct Imported {
  explicit Imported(const std::string& bytes, const Options& options = {}) : diag(sink) {
    status = import(std::as_bytes(std::span(bytes)), nullptr, options, graph, diag, &faults);
  }
  explicit Imported(const Model& model, const Options& options = {})
      : Imported(model.bytes(), options) {}

  CollectingSink sink;
  Diagnostics diag;
  ir::Graph graph;
  std::vector<Fault> faults;
  Status status;
};

}  // namespace tenon::onnx::testing
