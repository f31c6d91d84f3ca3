// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// trtexec_safe: runs a safe engine and takes its times, over the safe interface alone.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>

#include "tools/trtexec_safe/check.h"
#include "tools/trtexec_safe/graphs.h"
#include "tools/trtexec_safe/report.h"

namespace tenon::trtexec_safe {

namespace {

using nvinfer2::safe::Severity;
using Recorders = std::vector<std::unique_ptr<Recorder>>;

Severity severity_of(const Options& options) {
  if (options.debug) return Severity::kDEBUG;
  return options.verbose ? Severity::kVERBOSE : Severity::kINFO;
}

Recorders make_recorders(int count, const Options& options) {
  Recorders recorders;
  for (int i = 0; i < count; ++i) {
    recorders.push_back(std::make_unique<Recorder>(severity_of(options), i));
  }
  return recorders;
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
  return value;
}

void choose_device(int device, Recorder& recorder) {
  check(cudaSetDevice(device), ("--device=" + std::to_string(device)).c_str());
  char line[160];
  std::snprintf(line, sizeof line,
                "Running on CUDA device number: %d (%d SMs, %d bits, Compute Capability %d.%d)",
                device, attribute(cudaDevAttrMultiProcessorCount, device),
                attribute(cudaDevAttrGlobalMemoryBusWidth, device),
                attribute(cudaDevAttrComputeCapabilityMajor, device),
                attribute(cudaDevAttrComputeCapabilityMinor, device));
  recorder.info(line);
}

/// Runs each graph in a thread of its own; the first failure is thrown after all have ended.
std::vector<Times> measure_all(const Graphs& graphs, const Options& options,
                               const Recorders& recorders) {
  std::vector<std::future<Times>> running;
  for (size_t i = 0; i < graphs.size(); ++i) {
    running.push_back(std::async(std::launch::async, [&, i] {
      check(cudaSetDevice(options.device), "cudaSetDevice");
      return measure(graphs[i], options, *recorders[i]);
    }));
  }
  for (const auto& one : running) one.wait();
  std::vector<Times> times;
  for (auto& one : running) times.push_back(one.get());
  return times;
}

void run_timed(const std::vector<char>& engine, const Options& options) {
  Recorders recorders = make_recorders(options.threads, options);
  const Graphs graphs(engine, options, recorders);
  const std::vector<Times> times = measure_all(graphs, options, recorders);
  for (size_t i = 0; i < times.size(); ++i) {
    if (times.size() > 1) recorders[i]->info("Thread " + std::to_string(i) + ":");
    report(times[i], options.percentile, *recorders[i]);
  }
}

/// One graph, every run waited for; the runtime may look closer when the variable is set.
void run_profiled(const std::vector<char>& engine, const Options& options) {
  Recorders recorders = make_recorders(1, options);
  recorders[0]->info("Starting separate safe profiling run.");
  setenv("ENABLE_SAFE_PROFILING", "1", 1);
  {
    const Graphs graphs(engine, options, recorders);
    report_profile(run_one_by_one(graphs[0], options, *recorders[0]), *recorders[0]);
  }
  unsetenv("ENABLE_SAFE_PROFILING");
}

void execute(const Options& options, Recorder& recorder) {
  const auto start = std::chrono::steady_clock::now();
  choose_device(options.device, recorder);
  const std::vector<char> engine = read_engine(options.engine);
  tools::register_safety_plugins(options.plugins, recorder);
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
  recorder.info("TensorRT init time is " + std::to_string(passed.count()) + " ms.");
  run_timed(engine, options);
  run_profiled(engine, options);
}

int run(const std::vector<std::string>& words) {
  // The registry of plugins keeps it.
  static Recorder recorder(Severity::kINFO);
  std::printf("%s\n", banner("RUNNING", words).c_str());
  bool passed = false;
  try {
    const Options options = parse({words.begin() + 1, words.end()});
    if (options.help) {
      std::printf("%s", help_text().c_str());
      return EXIT_SUCCESS;
    }
    recorder.setSeverity(severity_of(options));
    for (const std::string& note : options.notes) recorder.warn(note);
    execute(options, recorder);
    passed = true;
  } catch (const UsageError& error) {
    std::printf("%s", help_text().c_str());
    recorder.error(error.what());
    return EXIT_FAILURE;
  } catch (const std::exception& error) {
    recorder.error(error.what());
  }
  std::printf("%s\n", banner(passed ? "PASSED" : "FAILED", words).c_str());
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

}  // namespace tenon::trtexec_safe

int main(int argc, char** argv) {
  return tenon::trtexec_safe::run(std::vector<std::string>(argv, argv + argc));
}
