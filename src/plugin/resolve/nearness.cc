// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Damerau-Levenshtein distance, restricted form.
#include "plugin/resolve/nearness.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

namespace tenon::plugin {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const std::string x = lower(a), y = lower(b);
  std::vector<std::vector<int>> cost(x.size() + 1, std::vector<int>(y.size() + 1));
  for (size_t i = 0; i <= x.size(); ++i) cost[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= y.size(); ++j) cost[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= x.size(); ++i) {
    for (size_t j = 1; j <= y.size(); ++j) {
      const int replace = cost[i - 1][j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1);
      cost[i][j] = std::min({replace, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return std::max(1, cost[x.size()][y.size()]);
}

bool near(std::string_view a, std::string_view b) {
  const size_t shorter = std::min(a.size(), b.size());
  const size_t longer = std::max(a.size(), b.size());
  const auto allowed = static_cast<int>(std::max<size_t>(1, longer / 4));
  if (edit_distance(a, b) <= allowed) return true;
  const std::string x = lower(a), y = lower(b);
  return shorter >= 4 && (x.find(y) != std::string::npos || y.find(x) != std::string::npos);
}

}  // namespace tenon::plugin
