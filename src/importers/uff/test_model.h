// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// UFF files for tests, put together field by field.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "importers/uff/import.h"

namespace tenon::uff::test {

inline std::string varint(uint64_t value) {
  std::string out;
  for (; value > 127; value >>= 7) out += static_cast<char>((value & 127) | 128);
  return out + static_cast<char>(value);
}
inline std::string number(uint64_t field, int64_t value) {
  return varint(field << 3) + varint(static_cast<uint64_t>(value));
}
inline std::string block(uint64_t field, std::string_view content) {
  return varint(field << 3 | 2) + varint(content.size()) + std::string(content);
}
inline std::string entry(uint64_t field, std::string_view key, std::string_view value) {
  return block(field, block(1, key) + block(2, value));
}

// Data messages.
inline std::string text(std::string_view value) { return block(1, value); }
inline std::string real(double value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  return varint(3 << 3 | 1) + std::string(bytes, sizeof bytes);
}
inline std::string boolean(bool value) { return number(5, value ? 1 : 0); }
inline std::string integer(int64_t value) { return number(7, value); }
inline std::string packed(const std::vector<int64_t>& values) {
  std::string out;
  for (const int64_t value : values) out += varint(static_cast<uint64_t>(value));
  return block(1, out);
}
inline std::string integers(const std::vector<int64_t>& values) { return block(8, packed(values)); }
inline std::string reference(std::string_view key) { return block(100, key); }
inline std::string type(int64_t value) { return number(101, value); }
inline std::string orders(const std::vector<std::vector<int64_t>>& lists) {
  std::string all;
  for (const auto& list : lists) all += block(1, block(1, number(1, -1) + block(2, packed(list))));
  return block(104, all);
}

inline constexpr int64_t kFloat32 = 131104, kInt32 = 65568, kSpread = 2147483647;
/// Orders of axes as the file writes them.
inline const std::vector<int64_t> kChannelsLast{0, 2, kSpread, 1}, kFiltersLast{2, kSpread, 1, 0};

using FieldList = std::vector<std::pair<std::string, std::string>>;

/// A file under construction.
class Model {
 public:
  Model& node(std::string_view id, std::string_view operation,
              const std::vector<std::string>& inputs = {}, const FieldList& fields = {}) {
    std::string body = block(1, id) + block(3, operation);
    for (const std::string& input : inputs) body += block(2, input);
    for (const auto& [key, value] : fields) body += entry(4, key, value);
    nodes_ += block(2, body);
    return *this;
  }
  Model& input(std::string_view id, const std::vector<int64_t>& shape) {
    return node(id, "Input", {}, {{"dtype", type(kFloat32)}, {"shape", integers(shape)}});
  }
  Model& data(std::string_view key, std::string_view value) {
    data_ += entry(5, key, value);
    return *this;
  }
  template <class T>
  Model& constant(const std::string& id, const std::vector<int64_t>& shape,
                  const std::vector<T>& values) {
    const std::string bytes(reinterpret_cast<const char*>(values.data()),
                            values.size() * sizeof(T));
    data("values_" + id, block(9, bytes));
    const int64_t number = std::is_integral_v<T> ? kInt32 : kFloat32;
    return node(id, "Const", {},
                {{"values", reference("values_" + id)},
                 {"dtype", type(number)},
                 {"shape", integers(shape)}});
  }
  [[nodiscard]] std::string bytes() const {
    return number(1, 1) + number(2, 1) + block(4, block(1, "test") + nodes_) + data_;
  }

 private:
  std::string nodes_, data_;
};

/// A graph that was imported, or what was said instead.
struct Imported {
  ir::Graph graph;
  Status status;
  std::string said;

  explicit Imported(const std::string& file, const Options& options) {
    CollectingSink sink;
    Diagnostics diag(sink);
    status = import(std::as_bytes(std::span(file)), nullptr, options, graph, diag);
    said = sink.errors();
  }
  Imported(const Model& model, const Options& options) : Imported(model.bytes(), options) {}

  /// The extents of a value: "[1, 2]"; "none" when it is not there.
  [[nodiscard]] std::string shape(std::string_view name) const {
    const ir::Value* value = graph.find_value(name);
    return value == nullptr ? "none" : expr::to_string(value->shape(), graph.symbols());
  }
  template <class Op>
  [[nodiscard]] size_t count() const {
    size_t found = 0;
    for (const auto& node : graph.nodes()) found += node->as<Op>() != nullptr ? 1 : 0;
    return found;
  }
};

}  // namespace tenon::uff::test
