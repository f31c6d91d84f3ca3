// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the system knows about this process.
#include "tools/trtexec/memory_report.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "tools/trtexec/console.h"

namespace tenon::trtexec {

void report_memory(const Options& options, const char* stage) {
  if (!options.build.monitor_memory) return;
  std::ifstream status("/proc/self/status");
  double now = 0;
  double most = 0;
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> now;
    if (word == "VmHWM:") status >> most;
  }
  constexpr double kKibPerMib = 1024;
  console().info(fmt::format("Memory after {}: {:.1f} MiB resident, {:.1f} MiB at most.", stage,
                             now / kKibPerMib, most / kKibPerMib));
}

}  // namespace tenon::trtexec
