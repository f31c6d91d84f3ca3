// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Counting magnitudes, choosing where to saturate, reading and writing scales.
#include "tune/calibration.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace tenon::tune {

namespace {

/// Steps of i8 on one side of zero.
constexpr size_t kSteps = 128;

}  // namespace

void Histogram::add(std::span<const float> numbers) {
  float most = 0;
  for (const float number : numbers) {
    if (std::isfinite(number)) most = std::max(most, std::abs(number));
  }
  if (most == 0) return;
  greatest_ = std::max(greatest_, most);
  if (counts_.empty()) {
    counts_.assign(kBins, 0);
    range_ = most;
  }
  while (range_ < most) {
    for (size_t i = 0; i < kBins / 2; ++i) counts_[i] = counts_[2 * i] + counts_[2 * i + 1];
    std::fill(counts_.begin() + kBins / 2, counts_.end(), 0);
    range_ *= 2;
  }
  for (const float number : numbers) {
    if (number == 0 || !std::isfinite(number)) continue;
    const auto bin = static_cast<size_t>(std::abs(number) / width());
    ++counts_[std::min(bin, kBins - 1)];
  }
}

float Histogram::quantile(double share) const {
  uint64_t total = 0;
  for (const uint64_t count : counts_) total += count;
  const double wanted = share * static_cast<double>(total);
  double seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += static_cast<double>(counts_[i]);
    if (seen >= wanted) return std::min(greatest_, static_cast<float>(i + 1) * width());
  }
  return greatest_;
}

double Histogram::divergence(size_t bins) const {
  double outside = 0, inside = 0;
  for (size_t i = bins; i < kBins; ++i) outside += static_cast<double>(counts_[i]);
  for (size_t i = 0; i < bins; ++i) inside += static_cast<double>(counts_[i]);
  if (inside == 0) return std::numeric_limits<double>::infinity();
  const double total = inside + outside;
  double sum = 0;
  for (size_t step = 0; step < kSteps; ++step) {
    const size_t begin = step * bins / kSteps, end = (step + 1) * bins / kSteps;
    double together = 0, filled = 0;
    for (size_t i = begin; i < end; ++i) {
      together += static_cast<double>(counts_[i]);
      filled += counts_[i] > 0 ? 1 : 0;
    }
    for (size_t i = begin; i < end; ++i) {
      // What lies beyond is seen at the end of the range.
      const double seen = static_cast<double>(counts_[i]) + (i + 1 == bins ? outside : 0);
      if (seen == 0) continue;
      const double kept = counts_[i] > 0 ? together / filled : 0;
      // What no step stands for costs as if it were seen once in a million numbers.
      const double p = seen / total, q = std::max(kept / inside, 1e-6 / total);
      sum += p * std::log(p / q);
    }
  }
  return sum;
}

float Histogram::entropy() const {
  if (counts_.empty()) return 0;
  size_t best = kBins;
  double least = std::numeric_limits<double>::infinity();
  for (size_t bins = kSteps; bins <= kBins; bins += 8) {
    const double loss = divergence(bins);
    // Of equals the widest saturates least.
    if (loss <= least) least = loss, best = bins;
  }
  return std::min(greatest_, static_cast<float>(best) * width());
}

Result<CalibrationCache> read_calibration(std::string_view text, Diagnostics& diag) {
  CalibrationCache cache;
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\0')) {
      line.remove_suffix(1);
    }
    if (number == 1) {
      const size_t dash = line.rfind('-');
      if (!line.starts_with("TRT-") || dash < 4) {
        return diag.fail(Code::InvalidArgument,
                         "the calibration cache begins with \"{}\", not with \"TRT-<version>-<kind "
                         "of calibration>\": calibrate anew",
                         line.substr(0, 40));
      }
      cache.rule = line.substr(dash + 1);
      continue;
    }
    if (line.empty()) continue;
    const size_t colon = line.rfind(": ");
    const std::string_view digits = colon == line.npos ? "" : line.substr(colon + 2);
    uint32_t bits = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    const float scale = std::bit_cast<float>(bits);
    const bool whole = !digits.empty() && error == std::errc{} &&
                       stop == digits.data() + digits.size() && std::isfinite(scale) && scale >= 0;
    if (!whole) {
      return diag.fail(Code::InvalidArgument,
                       "line {} of the calibration cache is \"{}\", not \"<tensor>: <the scale's "
                       "bits in hexadecimal>\": calibrate anew",
                       number, line.substr(0, 80));
    }
    cache.scales[std::string(line.substr(0, colon))] = scale;
  }
  if (number > 0) return cache;
  return diag.fail(Code::InvalidArgument, "the calibration cache is empty: calibrate anew");
}

std::string write_calibration(const CalibrationCache& cache, int version) {
  std::string text = fmt::format("TRT-{}-{}\n", version, cache.rule);
  for (const auto& [name, scale] : cache.scales) {
    text += fmt::format("{}: {:08x}\n", name, std::bit_cast<uint32_t>(scale));
  }
  return text;
}

}  // namespace tenon::tune
