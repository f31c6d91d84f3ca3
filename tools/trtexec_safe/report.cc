// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The lines.
#include "tools/trtexec_safe/report.h"

#include <cstdio>

#include "tools/trtexec/statistics.h"

namespace tenon::trtexec_safe {

namespace {

using trtexec::Statistics;

/// "TITLE: min = 1 ms, max = 2 ms, mean = 1.5 ms, median = 1.5 ms, percentile(99%) = 2 ms".
std::string figures(const char* title, const Statistics& over, double percentile) {
  char line[256];
  std::snprintf(line, sizeof line,
                "%s: min = %.6g ms, max = %.6g ms, mean = %.6g ms, median = %.6g ms, "
                "percentile(%g%%) = %.6g ms",
                title, over.least(), over.greatest(), over.mean(), over.median(), percentile,
                over.percentile(percentile));
  return line;
}

}  // namespace

void report(const Times& times, double percentile, Recorder& recorder) {
  const Statistics compute(times.compute);
  char line[128];
  recorder.info("");
  recorder.info("=== Performance summary ===");
  std::snprintf(line, sizeof line, "Total throughput: %.6g qps",
                static_cast<double>(times.host.size()) / times.wall_s);
  recorder.info(line);
  recorder.info(figures("Host Time", Statistics(times.host), percentile));
  recorder.info(figures("Enqueue Time", Statistics(times.enqueue), percentile));
  recorder.info(figures("GPU Compute Time", compute, percentile));
  if (const double variation = 100 * compute.variation(); variation > 1) {
    std::snprintf(line, sizeof line,
                  "* GPU compute time is unstable, with coefficient of variance = %.6g%%.",
                  variation);
    recorder.warn(line);
  }
}

void report_profile(const std::vector<double>& times, Recorder& recorder) {
  const Statistics over(times);
  char line[160];
  std::snprintf(line, sizeof line,
                "Profile run: %zu runs one by one, median = %.6g ms, worst = %.6g ms (measured, no "
                "bound)",
                times.size(), over.median(), over.greatest());
  recorder.info(line);
}

}  // namespace tenon::trtexec_safe
