// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One function a message.
#include "importers/onnx/wire.h"

#include "importers/shared/decoder.h"

namespace tenon::onnx::wire {

namespace {

constexpr size_t kMaxOperatorSets = 1024;

class Decoder : public importers::Decoder {
 public:
  using importers::Decoder::Decoder;

  void read(View message, Model& model);
  void read(View message, Tensor& tensor);
  void read(View message, Graph& graph);

 private:
  void read(View message, Function& function);
  void read(View message, Node& node);
  void read(View message, Attribute& attribute);
  void read(View message, ValueInfo& info);
  void read(View message, OperatorSet& set);
  void read(View message, Dimension& dimension);
  void read(View message, std::pair<std::string_view, std::string_view>& entry);
  void read_type(View message, ValueInfo& info);
  void read_tensor_type(View message, ValueInfo& info);
  void read_shape(View message, ValueInfo& info);

  template <class T>
  void append(Fields& fields, std::vector<T>& list) {
    read(fields.bytes(), list.emplace_back());
  }
};

void Decoder::read(View message, Model& model) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        model.ir_version = fields.integer();
        break;
      case 2:
        model.producer = fields.text();
        break;
      case 7:
        read(fields.bytes(), model.graph.emplace());
        break;
      case 8:
        append(fields, model.operator_sets);
        if (model.operator_sets.size() > kMaxOperatorSets) {
          fail("there are more than 1024 operator sets", message, fields.position());
        }
        break;
      case 25:
        append(fields, model.functions);
        break;
      default:
        break;
    }
  });
}

void Decoder::read(View message, Graph& graph) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        append(fields, graph.nodes);
        break;
      case 2:
        graph.name = fields.text();
        break;
      case 5:
        append(fields, graph.initializers);
        break;
      case 11:
        append(fields, graph.inputs);
        break;
      case 12:
        append(fields, graph.outputs);
        break;
      case 15:
        ++graph.sparse_initializers;
        break;
      default:
        break;
    }
  });
}

void Decoder::read(View message, Function& function) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        function.name = fields.text();
        break;
      case 4:
        function.inputs.push_back(fields.text());
        break;
      case 5:
        function.outputs.push_back(fields.text());
        break;
      case 7:
        append(fields, function.nodes);
        break;
      case 9:
        append(fields, function.operator_sets);
        break;
      case 10:
        function.domain = fields.text();
        break;
      case 11:
        append(fields, function.defaults);
        break;
      case 13:
        function.overload = fields.text();
        break;
      default:
        break;
    }
  });
}

void Decoder::read(View message, Node& node) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        node.inputs.push_back(fields.text());
        break;
      case 2:
        node.outputs.push_back(fields.text());
        break;
      case 3:
        node.name = fields.text();
        break;
      case 4:
        node.op_type = fields.text();
        break;
      case 5:
        append(fields, node.attributes);
        break;
      case 7:
        node.domain = fields.text();
        break;
      case 8:
        node.overload = fields.text();
        break;
      default:
        break;
    }
  });
  if (node.op_type.empty()) fail("a node has no operator", message, message.size());
}

void Decoder::read(View message, Attribute& attribute) {
  // Files of the first IR version give no type: then the field that is there gives it.
  AttributeType seen = AttributeType::Undefined;
  int64_t declared = 0;
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        attribute.name = fields.text();
        break;
      case 2:
        attribute.real = fields.real();
        seen = AttributeType::Float;
        break;
      case 3:
        attribute.integer = fields.integer();
        seen = AttributeType::Int;
        break;
      case 4:
        attribute.text = fields.text();
        seen = AttributeType::String;
        break;
      case 5:
        attribute.tensor = fields.bytes();
        seen = AttributeType::Tensor;
        break;
      case 6:
        attribute.graph = fields.bytes();
        seen = AttributeType::Graph;
        break;
      case 7:
        fields.append_to(attribute.reals);
        seen = AttributeType::Floats;
        break;
      case 8:
        fields.append_to(attribute.integers);
        seen = AttributeType::Ints;
        break;
      case 9:
        attribute.texts.push_back(fields.text());
        seen = AttributeType::Strings;
        break;
      case 20:
        declared = fields.integer();
        break;
      case 21:
        attribute.reference = fields.text();
        break;
      default:
        break;
    }
  });
  if (declared >= 1 && declared <= 8) {
    attribute.type = static_cast<AttributeType>(declared);
  } else {
    attribute.type = declared == 0 ? seen : AttributeType::Other;
  }
  if (attribute.name.empty()) fail("an attribute has no name", message, message.size());
}

void Decoder::read(View message, ValueInfo& info) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) info.name = fields.text();
    if (fields.number() == 2) read_type(fields.bytes(), info);
  });
}

void Decoder::read_type(View message, ValueInfo& info) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        info.kind = ValueInfo::Kind::Tensor;
        read_tensor_type(fields.bytes(), info);
        break;
      case 4:
        info.kind = ValueInfo::Kind::Sequence;
        break;
      case 5:
        info.kind = ValueInfo::Kind::Map;
        break;
      case 8:
        info.kind = ValueInfo::Kind::SparseTensor;
        break;
      case 9:
        info.kind = ValueInfo::Kind::Optional;
        break;
      default:
        break;
    }
  });
}

void Decoder::read_tensor_type(View message, ValueInfo& info) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) info.data_type = fields.integer();
    if (fields.number() == 2) read_shape(fields.bytes(), info);
  });
}

void Decoder::read_shape(View message, ValueInfo& info) {
  info.has_shape = true;
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) append(fields, info.shape);
  });
}

void Decoder::read(View message, Dimension& dimension) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) dimension.value = fields.integer();
    if (fields.number() == 2) dimension.name = fields.text();
  });
}

void Decoder::read(View message, OperatorSet& set) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) set.domain = fields.text();
    if (fields.number() == 2) set.version = fields.integer();
  });
}

void Decoder::read(View message, std::pair<std::string_view, std::string_view>& entry) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) entry.first = fields.text();
    if (fields.number() == 2) entry.second = fields.text();
  });
}

void Decoder::read(View message, Tensor& tensor) {
  tensor.message = message;
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        fields.append_to(tensor.dims);
        break;
      case 2:
        tensor.data_type = fields.integer();
        break;
      case 8:
        tensor.name = fields.text();
        break;
      case 9:
        tensor.raw = fields.bytes();
        break;
      case 13:
        append(fields, tensor.external_data);
        break;
      case 14:
        tensor.external = fields.integer() != 0;
        break;
      default:
        break;
    }
  });
}

}  // namespace

std::string_view to_words(AttributeType type) noexcept {
  constexpr std::string_view kWords[] = {
      "nothing", "a number",          "an integer",         "a text",          "a tensor",
      "a graph", "a list of numbers", "a list of integers", "a list of texts", "something else"};
  return kWords[static_cast<size_t>(type)];
}

const Attribute* Node::find(std::string_view attribute) const noexcept {
  for (const Attribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate;
  }
  return nullptr;
}

Status decode_model(View file, Model& model, Diagnostics& diag) {
  Decoder decoder(file);
  decoder.read(file, model);
  TENON_TRY(decoder.outcome("ONNX", diag));
  if (!model.graph) {
    return diag.fail(Code::InvalidModel,
                     "this is no ONNX model: it holds no graph{}; give a file that an ONNX "
                     "exporter wrote",
                     file.empty() ? " (the file is empty)" : "");
  }
  return {};
}

Status decode_tensor(View message, Tensor& tensor, Diagnostics& diag) {
  Decoder decoder(message);
  decoder.read(message, tensor);
  return decoder.outcome("ONNX", diag);
}

Status decode_graph(View message, Graph& graph, Diagnostics& diag) {
  Decoder decoder(message);
  decoder.read(message, graph);
  return decoder.outcome("ONNX", diag);
}

}  // namespace tenon::onnx::wire
