// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The formulas.
#include "tools/trtexec/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tenon::trtexec {

Statistics::Statistics(std::vector<double> values)
    : sorted_(std::move(values)), sum_(std::accumulate(sorted_.begin(), sorted_.end(), 0.0)) {
  std::sort(sorted_.begin(), sorted_.end());
}

double Statistics::median() const {
  const size_t middle = sorted_.size() / 2;
  if (sorted_.size() % 2 == 1) return sorted_[middle];
  return (sorted_[middle - 1] + sorted_[middle]) / 2;
}

double Statistics::percentile(double percent) const {
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted_.size()));
  return sorted_[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

double Statistics::variation() const {
  double squares = 0;
  for (const double value : sorted_) squares += (value - mean()) * (value - mean());
  return std::sqrt(squares / static_cast<double>(sorted_.size())) / mean();
}

}  // namespace tenon::trtexec
