// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One function a message.
#include "importers/uff/wire.h"

#include "importers/shared/decoder.h"

namespace tenon::uff::wire {

namespace {

using importers::Fields;

/// The key under which a DimensionOrders keeps its list.
constexpr int64_t kSpecial = -1;

class Decoder : public importers::Decoder {
 public:
  using importers::Decoder::Decoder;

  void read(View message, MetaGraph& meta);
  void read(View message, Data& data);

 private:
  void read(View message, Graph& graph);
  void read(View message, Node& node);
  void read(View message, Entry& entry);
  void read_descriptor(View message, MetaGraph& meta);
  void read_list(View message, Data& data);
  void read_order(View message, Order& order);
  void read_orders(View message, Data& data);
};

void Decoder::read(View message, MetaGraph& meta) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        meta.version = fields.integer();
        break;
      case 2:
        meta.core_version = fields.integer();
        break;
      case 3:
        read_descriptor(fields.bytes(), meta);
        break;
      case 4:
        read(fields.bytes(), meta.graphs.emplace_back());
        break;
      case 5:
        read(fields.bytes(), meta.referenced.emplace_back());
        break;
      default:
        break;
    }
  });
}

void Decoder::read_descriptor(View message, MetaGraph& meta) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) meta.descriptors.push_back(fields.text());
  });
}

void Decoder::read(View message, Graph& graph) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) graph.id = fields.text();
    if (fields.number() == 2) read(fields.bytes(), graph.nodes.emplace_back());
  });
}

void Decoder::read(View message, Node& node) {
  each(message, [&](Fields& fields) {
    switch (fields.number()) {
      case 1:
        node.id = fields.text();
        break;
      case 2:
        node.inputs.push_back(fields.text());
        break;
      case 3:
        node.operation = fields.text();
        break;
      case 4:
        read(fields.bytes(), node.fields.emplace_back());
        break;
      default:
        break;
    }
  });
  if (node.id.empty()) fail("a node has no id", message, message.size());
  if (node.operation.empty()) fail("a node has no operation", message, message.size());
}

void Decoder::read(View message, Entry& entry) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) entry.key = fields.text();
    if (fields.number() == 2) entry.data = fields.bytes();
  });
}

void Decoder::read(View message, Data& data) {
  each(message, [&](Fields& fields) {
    const uint32_t number = fields.number();
    const auto begin = [&](uint32_t kind) {
      data = {};
      data.kind = static_cast<Kind>(kind);
    };
    if (number >= 1 && number <= 9) begin(number);
    if (number >= 100 && number <= 104) {
      begin(number - 100 + static_cast<uint32_t>(Kind::Reference));
    }
    switch (data.kind) {
      case Kind::Text:
      case Kind::Reference:
        data.text = fields.text();
        break;
      case Kind::Real:
        fields.append_to(data.reals);
        break;
      case Kind::Boolean:
      case Kind::Integer:
      case Kind::Type:
        data.integers.push_back(fields.integer());
        break;
      case Kind::TextList:
      case Kind::RealList:
      case Kind::BooleanList:
      case Kind::IntegerList:
      case Kind::TypeList:
        read_list(fields.bytes(), data);
        break;
      case Kind::Blob:
        data.blob = fields.bytes();
        break;
      case Kind::Orders:
        read_order(fields.bytes(), data.orders.emplace_back());
        break;
      case Kind::OrdersList:
        read_orders(fields.bytes(), data);
        break;
      case Kind::Absent:
        break;
    }
  });
}

void Decoder::read_list(View message, Data& data) {
  each(message, [&](Fields& fields) {
    if (fields.number() != 1) return;
    if (data.kind == Kind::TextList) {
      data.texts.push_back(fields.text());
    } else if (data.kind == Kind::RealList) {
      fields.append_to(data.reals);
    } else {
      fields.append_to(data.integers);
    }
  });
}

void Decoder::read_orders(View message, Data& data) {
  each(message, [&](Fields& fields) {
    if (fields.number() == 1) read_order(fields.bytes(), data.orders.emplace_back());
  });
}

void Decoder::read_order(View message, Order& order) {
  each(message, [&](Fields& fields) {
    if (fields.number() != 1) return;
    int64_t key = 0;
    View list;
    each(fields.bytes(), [&](Fields& entry) {
      if (entry.number() == 1) key = entry.integer();
      if (entry.number() == 2) list = entry.bytes();
    });
    if (key != kSpecial) return fail("an order has a key other than -1", message, message.size());
    each(list, [&](Fields& numbers) {
      if (numbers.number() == 1) numbers.append_to(order);
    });
  });
}

}  // namespace

std::string_view to_words(Kind kind) noexcept {
  constexpr std::string_view kWords[] = {"nothing",
                                         "a text",
                                         "a list of texts",
                                         "a number",
                                         "a list of numbers",
                                         "a truth value",
                                         "a list of truth values",
                                         "an integer",
                                         "a list of integers",
                                         "a blob",
                                         "a reference",
                                         "a data type",
                                         "a list of data types",
                                         "an order of axes",
                                         "a list of orders of axes"};
  return kWords[static_cast<size_t>(kind)];
}

const Entry* Node::find(std::string_view field) const noexcept {
  for (const Entry& entry : fields) {
    if (entry.key == field) return &entry;
  }
  return nullptr;
}

Status decode(View file, MetaGraph& meta, Diagnostics& diag) {
  Decoder decoder(file);
  decoder.read(file, meta);
  TENON_TRY(decoder.outcome("UFF", diag));
  if (meta.graphs.size() == 1) return {};
  return diag.fail(Code::InvalidModel,
                   "this is no UFF model: it holds {} graphs, but must hold one{}",
                   meta.graphs.size(), file.empty() ? " (the file is empty)" : "");
}

Status decode(View message, Data& data, Diagnostics& diag) {
  Decoder decoder(message);
  decoder.read(message, data);
  return decoder.outcome("UFF", diag);
}

}  // namespace tenon::uff::wire
