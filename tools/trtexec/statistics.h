// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Figures over many times.
#pragma once

#include <vector>

namespace tenon::trtexec {

/// Over a list that is not empty.
class Statistics {
 public:
  explicit Statistics(std::vector<double> values);

  double least() const { return sorted_.front(); }
  double greatest() const { return sorted_.back(); }
  double sum() const { return sum_; }
  double mean() const { return sum_ / static_cast<double>(sorted_.size()); }
  double median() const;

  /// The least value that `percent` of all do not exceed.
  double percentile(double percent) const;

  /// Standard deviation over mean.
  double variation() const;

 private:
  std::vector<double> sorted_;
  double sum_;
};

}  // namespace tenon::trtexec
