// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The messages of a UFF file, decoded without copying names or numbers.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "importers/shared/fields.h"

// All texts and views point into the file. Nothing here nests, so no depth needs a bound.
namespace tenon::uff::wire {

using importers::View;

/// One entry of a map: a Data message, decoded when it is asked for.
struct Entry {
  std::string_view key;
  View data;
};

/// Node: its id is also the name of the one value it makes.
struct Node {
  std::string_view id, operation;
  std::vector<std::string_view> inputs;
  std::vector<Entry> fields;

  [[nodiscard]] const Entry* find(std::string_view field) const noexcept;
};

struct Graph {
  std::string_view id;
  std::vector<Node> nodes;
};

/// MetaGraph. `descriptors`: ids of rule sets beyond the core one.
struct MetaGraph {
  int64_t version = 0, core_version = 0;
  std::vector<std::string_view> descriptors;
  std::vector<Graph> graphs;
  std::vector<Entry> referenced;
};

/// What a Data message holds.
enum class Kind : uint8_t {
  Absent,
  Text,
  TextList,
  Real,
  RealList,
  Boolean,
  BooleanList,
  Integer,
  IntegerList,
  Blob,
  Reference,
  Type,
  TypeList,
  Orders,
  OrdersList
};

/// "a list of integers", for sentences.
std::string_view to_words(Kind kind) noexcept;

/// What one tensor's axes mean, as the file writes it: see order.h.
using Order = std::vector<int64_t>;

/// Data. Only the member that `kind` names means anything.
struct Data {
  Kind kind = Kind::Absent;
  std::string_view text;  ///< also the key of a reference
  std::vector<std::string_view> texts;
  std::vector<double> reals;      ///< one for Real
  std::vector<int64_t> integers;  ///< one for Integer, Boolean and Type
  View blob;
  std::vector<Order> orders;  ///< one for Orders
};

/// Decodes a file. Fails with InvalidModel and a sentence saying what is wrong at which byte.
Status decode(View file, MetaGraph& meta, Diagnostics& diag);

/// Decodes one Data message of a decoded file.
Status decode(View message, Data& data, Diagnostics& diag);

}  // namespace tenon::uff::wire
