// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Table and JSON.
#include "tools/trtexec/layer_times.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/trtexec/console.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/statistics.h"

namespace tenon::trtexec {

namespace {

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

}  // namespace

void LayerTimes::begin_run() {
  next_ = 0;
  ++runs_;
}

void LayerTimes::reportLayerTime(char const* layerName, float ms) noexcept {
  if (next_ == layers_.size()) layers_.push_back({layerName, {}});
  layers_[next_++].times.push_back(double{ms});
}

double LayerTimes::total() const {
  double sum = 0;
  for (const Layer& layer : layers_) sum += Statistics(layer.times).sum();
  return sum;
}

void LayerTimes::dump() const {
  constexpr const char* kRow = "{:>12} {:>12} {:>12} {:>9}   {}";
  console().info("");
  console().info(fmt::format("=== Profile ({} iterations ) ===", runs_));
  console().info(
      fmt::format(fmt::runtime(kRow), "Time(ms)", "Avg.(ms)", "Median(ms)", "Time(%)", "Layer"));
  const auto row = [&](const std::string& name, double sum, double median) {
    const auto figure = [](double value) { return fmt::format("{:.4f}", value); };
    console().info(fmt::format(fmt::runtime(kRow), fmt::format("{:.2f}", sum), figure(sum / runs_),
                               figure(median), fmt::format("{:.1f}", percent(sum, total())), name));
  };
  double medians = 0;
  for (const Layer& layer : layers_) {
    const Statistics times(layer.times);
    medians += times.median();
    row(layer.name, times.sum(), times.median());
  }
  row("Total", total(), medians);
  console().info("");
}

void LayerTimes::export_to(const std::string& path) const {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  rows.push_back({{"count", runs_}});
  for (const Layer& layer : layers_) {
    const Statistics times(layer.times);
    rows.push_back({{"name", layer.name},
                    {"timeMs", times.sum()},
                    {"averageMs", times.sum() / runs_},
                    {"medianMs", times.median()},
                    {"percentage", percent(times.sum(), total())}});
  }
  write_file(path, rows.dump(1) + "\n");
}

}  // namespace tenon::trtexec
