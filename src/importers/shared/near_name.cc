// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The distance of two names, counted in edits.
#include "importers/shared/near_name.h"

#include <fmt/core.h>

#include <algorithm>

namespace tenon::importers {

namespace {

/// Steps of editing that turn one name into the other.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, change});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string near_name(std::string_view name, const std::vector<std::string_view>& names) {
  const size_t likely = name.size() > 64 ? 0 : name.size() / 4;
  for (size_t most = 1; most <= std::min<size_t>(likely, 2); ++most) {
    for (const std::string_view known : names) {
      if (distance(known, name) <= most) return fmt::format(" (did you mean {}?)", known);
    }
  }
  return {};
}

}  // namespace tenon::importers
