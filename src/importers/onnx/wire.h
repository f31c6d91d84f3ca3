// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The messages of an ONNX file, decoded without copying names or numbers.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "importers/shared/fields.h"

namespace tenon::onnx {

using importers::Fields;
using importers::View;

}  // namespace tenon::onnx

// Field numbers and meanings. Source: onnx.proto of the ONNX project, IR version 10. All texts and
// views point into the file. Sub-graphs are never decoded, so nothing here nests without bound.
namespace tenon::onnx::wire {

/// TensorProto, without its numbers: see tensor.h.
struct Tensor {
  std::string_view name;
  int64_t data_type = 0;
  std::vector<int64_t> dims;
  std::optional<View> raw;
  bool external = false;
  std::vector<std::pair<std::string_view, std::string_view>> external_data;
  View message;  ///< the whole of it, for the typed fields
};

/// The numbers are AttributeProto.AttributeType.
enum class AttributeType : uint8_t {
  Undefined = 0,
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
  Other = 9
};

/// "a list of integers", for sentences.
std::string_view to_words(AttributeType type) noexcept;

/// AttributeProto. Only the member that `type` names means anything.
struct Attribute {
  std::string_view name;
  std::string_view reference;  ///< ref_attr_name: the function's attribute that stands here
  AttributeType type = AttributeType::Undefined;
  float real = 0;
  int64_t integer = 0;
  std::string_view text;
  View tensor;  ///< a TensorProto: decode_tensor
  View graph;   ///< a GraphProto: decode_graph
  std::vector<float> reals;
  std::vector<int64_t> integers;
  std::vector<std::string_view> texts;
};

/// NodeProto. An absent optional input, and an output nobody wants, is "".
struct Node {
  std::string_view name, op_type, domain, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<Attribute> attributes;

  [[nodiscard]] const Attribute* find(std::string_view attribute) const noexcept;
};

/// One extent: a number, a name, or (neither) unknown.
struct Dimension {
  std::optional<int64_t> value;
  std::string_view name;
};

/// ValueInfoProto.
struct ValueInfo {
  enum class Kind : uint8_t { Absent, Tensor, SparseTensor, Sequence, Map, Optional };
  std::string_view name;
  Kind kind = Kind::Absent;
  int64_t data_type = 0;
  bool has_shape = false;
  std::vector<Dimension> shape;
};

/// OperatorSetIdProto.
struct OperatorSet {
  std::string_view domain;
  int64_t version = 0;
};

/// GraphProto.
struct Graph {
  std::string_view name;
  std::vector<Node> nodes;
  std::vector<Tensor> initializers;
  std::vector<ValueInfo> inputs, outputs;
  size_t sparse_initializers = 0;
};

/// FunctionProto.
struct Function {
  std::string_view name, domain, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<Attribute> defaults;  ///< attributes that callers may leave out
  std::vector<Node> nodes;
  std::vector<OperatorSet> operator_sets;
};

/// ModelProto.
struct Model {
  int64_t ir_version = 0;
  std::string_view producer;
  std::vector<OperatorSet> operator_sets;
  std::optional<Graph> graph;
  std::vector<Function> functions;
};

/// Decodes a file. Fails with InvalidModel and a sentence saying what is wrong at which byte.
Status decode_model(View file, Model& model, Diagnostics& diag);

/// Decodes one TensorProto: a file with test data, or an attribute's tensor.
Status decode_tensor(View message, Tensor& tensor, Diagnostics& diag);

/// Decodes one GraphProto: an attribute's graph.
Status decode_graph(View message, Graph& graph, Diagnostics& diag);

}  // namespace tenon::onnx::wire
