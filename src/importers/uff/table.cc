// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The families' rows put together.
#include "importers/uff/table.h"

#include <map>

namespace tenon::uff {

namespace {

using Table = std::map<std::string_view, const Row*>;

const Table& table() {
  static const Table kTable = [] {
    Table made;
    for (const std::span<const Row> family :
         {arithmetic_rows(), constant_rows(), convolution_rows(), index_rows(), join_rows(),
          matrix_rows(), normalization_rows(), pooling_rows(), reduction_rows(), shape_rows()}) {
      for (const Row& row : family) made[row.operation] = &row;
    }
    return made;
  }();
  return kTable;
}

}  // namespace

const Row* find_row(std::string_view operation) {
  const auto found = table().find(operation);
  return found == table().end() ? nullptr : found->second;
}

std::vector<std::string_view> operator_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, row] : table()) names.push_back(name);
  return names;
}

}  // namespace tenon::uff
