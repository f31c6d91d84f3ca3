// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Lines of numbers. On a CPU nothing is copied, so the two transfers take no time.
#include "tools/trtexec/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/trtexec/console.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/statistics.h"

namespace tenon::trtexec {

namespace {

std::vector<double> durations(const Measurement& measurement) {
  std::vector<double> all;
  for (const Query& query : measurement.queries) all.push_back(query.duration());
  return all;
}

std::string spread(const Statistics& times, const std::vector<double>& percentiles) {
  std::string text =
      fmt::format("min = {:.6g} ms, max = {:.6g} ms, mean = {:.6g} ms, median = {:.6g} ms",
                  times.least(), times.greatest(), times.mean(), times.median());
  for (const double percent : percentiles) {
    text += fmt::format(", percentile({:g}%) = {:.6g} ms", percent, times.percentile(percent));
  }
  return text;
}

void report_trace(const Measurement& measurement, int runs) {
  console().info("");
  console().info("=== Trace details ===");
  console().info(fmt::format("Trace averages of {} runs:", runs));
  const std::vector<double> times = durations(measurement);
  const auto step = static_cast<size_t>(runs);
  for (size_t first = 0; first + step <= times.size(); first += step) {
    const Statistics group({times.begin() + static_cast<ptrdiff_t>(first),
                            times.begin() + static_cast<ptrdiff_t>(first + step)});
    console().info(fmt::format(
        "Average on {} runs - GPU latency: {:.6g} ms - Host latency: {:.6g} ms (enqueue {:.6g} ms)",
        runs, group.mean(), group.mean(), group.mean()));
  }
}

void explain() {
  for (const char* line : {
           "=== Explanations of the performance metrics ===",
           "Total Host Walltime: the time from the first run to the end of the last.",
           "GPU Compute Time: the time a run computes, here on the CPU.",
           "Enqueue Time: the time the call of enqueueV3 takes; on the CPU it computes.",
           "H2D Latency, D2H Latency: copies to and from the device; the CPU needs none.",
           "Latency: their sum with the compute time, for one run.",
           "Throughput: number of runs over total host walltime.",
       }) {
    console().say(nvinfer1::ILogger::Severity::kVERBOSE, line);
  }
}

void warn(const Statistics& times, const Options& options) {
  constexpr double kSteady = 0.025;
  if (times.variation() > kSteady) {
    console().warn(
        fmt::format("* The compute time is not steady: its coefficient of variation is "
                    "{:.3g}%. A quiet machine and pinned threads measure better.",
                    times.variation() * 100));
  }
  if (options.inference.streams > 1) {
    console().warn("* Several contexts ran at once: latency is that of one of them among others.");
  }
}

}  // namespace

void report_performance(const Measurement& measurement, const Options& options) {
  console().info(fmt::format("Warmup completed {} queries over {:.6g} ms", measurement.warm_up_runs,
                             measurement.warm_up_ms));
  console().info(fmt::format("Timing trace has {} queries over {:.6g} s",
                             measurement.queries.size(), measurement.walltime_ms / 1000));
  if (measurement.queries.empty()) {
    console().warn("Nothing was measured.");
    return;
  }
  report_trace(measurement, options.report.avg_runs);
  const Statistics times(durations(measurement));
  const Statistics nothing(std::vector<double>{0});
  const auto& percentiles = options.report.percentiles;
  console().info("");
  console().info("=== Performance summary ===");
  console().info(fmt::format(
      "Throughput: {:.6g} qps",
      static_cast<double>(measurement.queries.size()) / (measurement.walltime_ms / 1000)));
  const std::pair<const char*, const Statistics*> lines[] = {{"Latency", &times},
                                                             {"Enqueue Time", &times},
                                                             {"H2D Latency", &nothing},
                                                             {"GPU Compute Time", &times},
                                                             {"D2H Latency", &nothing}};
  for (const auto& [name, figures] : lines) {
    console().info(fmt::format("{}: {}", name, spread(*figures, percentiles)));
  }
  console().info(fmt::format("Total Host Walltime: {:.6g} s", measurement.walltime_ms / 1000));
  console().info(fmt::format("Total GPU Compute Time: {:.6g} s", times.sum() / 1000));
  warn(times, options);
  explain();
  console().info("");
}

void export_times(const Measurement& measurement, const std::string& path) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Query& query : measurement.queries) {
    rows.push_back({{"startEnqMs", query.begin},
                    {"endEnqMs", query.end},
                    {"startH2dMs", query.begin},
                    {"endH2dMs", query.begin},
                    {"startComputeMs", query.begin},
                    {"endComputeMs", query.end},
                    {"startD2hMs", query.end},
                    {"endD2hMs", query.end},
                    {"h2dMs", 0.0},
                    {"computeMs", query.duration()},
                    {"d2hMs", 0.0},
                    {"latencyMs", query.duration()}});
  }
  write_file(path, rows.dump(1) + "\n");
}

}  // namespace tenon::trtexec
