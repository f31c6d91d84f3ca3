// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges of tensors from what runs on examples show, and the text in which they are kept.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::tune {

/// How a range follows from the magnitudes seen. Interface fact: nvinfer1::CalibrationAlgoType.
enum class CalibrationRule : uint8_t {
  Quantile,  ///< legacy: a share of all magnitudes lies below it
  Entropy,   ///< the range whose integers lose the least information
  MinMax,    ///< the greatest magnitude
};

/// Magnitudes of one tensor's numbers, counted; zeros and what is no number are left out, as they
/// say nothing about steps. Grows with the greatest magnitude.
class Histogram {
 public:
  static constexpr size_t kBins = 2048;

  void add(std::span<const float> numbers);
  /// The greatest magnitude seen; 0 when there was none.
  [[nodiscard]] float greatest() const noexcept { return greatest_; }
  /// The least magnitude that `share` (0 … 1) of all do not exceed.
  [[nodiscard]] float quantile(double share) const;
  /// The magnitude at which to saturate 128 steps: least Kullback-Leibler divergence between the
  /// numbers and what is left of them.
  [[nodiscard]] float entropy() const;

 private:
  [[nodiscard]] double divergence(size_t bins) const;
  [[nodiscard]] float width() const noexcept { return range_ / static_cast<float>(kBins); }

  float range_ = 0, greatest_ = 0;
  std::vector<uint64_t> counts_;
};

/// Scales by tensor name. Interface fact: the text of calibration caches.
struct CalibrationCache {
  std::string rule;  ///< as the first line names it, e.g. "EntropyCalibration2"
  std::map<std::string, float> scales;
};
/// Reads "TRT-<version>-<rule>" and lines "<name>: <the scale's bits in hexadecimal>". Fails,
/// naming the line and what is wrong with it.
Result<CalibrationCache> read_calibration(std::string_view text, Diagnostics& diag);
/// The text, tensors by name.
std::string write_calibration(const CalibrationCache& cache, int version);

}  // namespace tenon::tune
