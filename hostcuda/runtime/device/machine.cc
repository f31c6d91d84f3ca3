// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The machine this process runs on, as a device sees itself.
#include "hostcuda/runtime/device/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace hostcuda {
namespace {

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
}

int first_clock_khz() {
  std::ifstream most("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  int khz = 0;
  if (most >> khz) return khz;
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("cpu MHz", 0) != 0) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) return 0;
    return static_cast<int>(std::strtod(line.c_str() + colon + 1, nullptr) * 1000);
  }
  return 0;
}

}  // namespace

const Machine& machine() {
  static const Machine one = [] {
    const long cache = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
    return Machine{usable_cores(), first_clock_khz(), static_cast<int>(std::max(0L, cache))};
  }();
  return one;
}

}  // namespace hostcuda
