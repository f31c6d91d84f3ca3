// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loops.
#include "tools/trtexec_safe/measure.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <numeric>
#include <thread>

#include "tools/trtexec_safe/cuda_objects.h"
#include "tools/trtexec_safe/tensors.h"

namespace tenon::trtexec_safe {

namespace {

using nvinfer2::safe::ITRTGraph;
using nvinfer2::safe::RuntimeErrorType;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

double since(Clock::time_point begin) { return Milliseconds(Clock::now() - begin).count(); }

void rest(void* milliseconds) {
  std::this_thread::sleep_for(Milliseconds(*static_cast<const double*>(milliseconds)));
}

/// A graph with its tensors, streams and events, ready to run.
class Runner {
 public:
  Runner(ITRTGraph& graph, const Options& options, Recorder& recorder)
      : graph_(graph),
        options_(options),
        tensors_(graph, options, recorder),
        consumed_(options.spin),
        begin_(options.spin),
        end_(options.spin) {
    check(graph.setInputConsumedEvent(consumed_.get()), "ITRTGraph::setInputConsumedEvent");
    cudaEvent_t known = nullptr;
    check(graph.getInputConsumedEvent(known), "ITRTGraph::getInputConsumedEvent");
    if (known != consumed_.get()) throw Failure("The graph has another event than the one set.");
    int32_t count = 0;
    check(graph.getNbAuxStreams(count), "ITRTGraph::getNbAuxStreams");
    std::vector<cudaStream_t> handles;
    for (int32_t i = 0; i < count; ++i) {
      others_.push_back(std::make_unique<Stream>());
      handles.push_back(others_.back()->get());
    }
    if (count > 0) check(graph.setAuxStreams(handles.data(), count), "ITRTGraph::setAuxStreams");
  }

  // Nothing of ours may be known to the graph afterwards.
  ~Runner() {
    (void)graph_.sync();
    (void)graph_.setInputConsumedEvent(nullptr);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// One run, waited for.
  void run() {
    check(graph_.executeAsync(stream_.get()), "ITRTGraph::executeAsync");
    check(graph_.sync(), "ITRTGraph::sync");
  }

  void warm_up() {
    for (int i = 0; i < options_.warm_up; ++i) run();
    stream_.wait();
  }

  /// Runs before the capture too, since the first run may do what cannot be captured.
  void capture() {
    run();
    stream_.wait();
    captured_.capture(graph_, stream_);
  }

  /// One measured run; its times are appended.
  void measure(Times& times) {
    const auto start = Clock::now();
    if (options_.sleep_ms > 0) {
      check(cudaLaunchHostFunc(stream_.get(), rest, const_cast<double*>(&options_.sleep_ms)),
            "cudaLaunchHostFunc");
    }
    begin_.record(stream_);
    if (captured_.empty()) {
      check(graph_.executeAsync(stream_.get()), "ITRTGraph::executeAsync");
    } else {
      captured_.launch(stream_);
    }
    end_.record(stream_);
    times.enqueue.push_back(since(start));
    end_.wait();
    times.host.push_back(since(start));
    times.compute.push_back(end_.since(begin_));
    if (captured_.empty()) check(graph_.sync(), "ITRTGraph::sync");
    if (options_.idle_ms > 0) std::this_thread::sleep_for(Milliseconds(options_.idle_ms));
  }

 private:
  ITRTGraph& graph_;
  const Options& options_;
  const Tensors tensors_;
  const Event consumed_, begin_, end_;
  const Stream stream_;
  std::vector<std::unique_ptr<Stream>> others_;
  Captured captured_;
};

/// The mean of the last `count` values.
double mean(const std::vector<double>& values, int count) {
  return std::accumulate(values.end() - count, values.end(), 0.0) / count;
}

void show_group(const Times& times, int count, Recorder& recorder) {
  char line[160];
  std::snprintf(line, sizeof line,
                "Average over %d runs - GPU latency: %.6g ms - Host latency: %.6g ms (enqueue %.6g "
                "ms)",
                count, mean(times.compute, count), mean(times.host, count),
                mean(times.enqueue, count));
  recorder.info(line);
}

/// Faults that the run marked, as a warning each.
void show_faults(const ITRTGraph& graph, Recorder& recorder) {
  static constexpr struct {
    RuntimeErrorType bit;
    const char* text;
  } kFaults[] = {
      {RuntimeErrorType::kNAN_CONSUMED, "a NaN was quantized"},
      {RuntimeErrorType::kINF_CONSUMED, "an infinity was quantized"},
      {RuntimeErrorType::kGATHER_OOB, "an index of a gather was out of bounds"},
      {RuntimeErrorType::kSCATTER_OOB, "an index of a scatter was out of bounds"},
      {RuntimeErrorType::kSCATTER_RACE, "two indices of a scatter were equal"},
      {RuntimeErrorType::kDIV_ZERO, "an integer was divided by zero"},
  };
  nvinfer2::safe::RuntimeErrorInformation* faults = nullptr;
  check(graph.getErrorBuffer(faults), "ITRTGraph::getErrorBuffer");
  if (faults == nullptr) return;
  for (const auto& fault : kFaults) {
    if ((faults->bitMask & static_cast<uint64_t>(fault.bit)) == 0) continue;
    recorder.warn(std::string("A run marked a fault: ") + fault.text + ".");
  }
}

}  // namespace

Times measure(ITRTGraph& graph, const Options& options, Recorder& recorder) {
  Runner runner(graph, options, recorder);
  recorder.info("Starting inference...");
  runner.warm_up();
  recorder.info("Warmup completed.");
  if (options.capture) runner.capture();
  recorder.info("");
  recorder.info("=== Trace details ===");
  Times times;
  const auto start = Clock::now();
  const auto runs =
      static_cast<size_t>(options.iterations) * static_cast<size_t>(options.average_runs);
  while (times.host.size() < runs || since(start) < options.duration_s * 1000) {
    for (int i = 0; i < options.average_runs; ++i) runner.measure(times);
    show_group(times, options.average_runs, recorder);
  }
  times.wall_s = since(start) / 1000;
  show_faults(graph, recorder);
  return times;
}

std::vector<double> run_one_by_one(ITRTGraph& graph, const Options& options, Recorder& recorder) {
  Runner runner(graph, options, recorder);
  runner.warm_up();
  std::vector<double> times;
  for (int i = 0; i < options.iterations * options.average_runs; ++i) {
    const auto start = Clock::now();
    runner.run();
    times.push_back(since(start));
  }
  return times;
}

}  // namespace tenon::trtexec_safe
