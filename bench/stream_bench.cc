// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a stream adds to a run: one engine on no stream, an idle one, a busy one and in a graph.
// Usage: stream_bench ENGINE [Google Benchmark's flags]   (one input and output, fixed extents)
#include <benchmark/benchmark.h>
#include <cuda_runtime.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "NvInfer.h"
#include "tenon/engine_file.h"

namespace {

class Logger final : public nvinfer1::ILogger {
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

void need(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

/// The engine with its tensors in device memory.
class Subject {
 public:
  explicit Subject(const char* path) {
    runtime_.reset(nvinfer1::createInferRuntime(logger_));
    engine_.reset(tenon::load_engine_file(*runtime_, path));
    need(engine_ != nullptr, "the engine was not loaded");
    context_.reset(engine_->createExecutionContext());
    for (int32_t io = 0; io < engine_->getNbIOTensors(); ++io) {
      const char* name = engine_->getIOTensorName(io);
      const nvinfer1::Dims dims = context_->getTensorShape(name);
      size_t bytes = sizeof(float);
      for (int32_t axis = 0; axis < dims.nbDims; ++axis) bytes *= static_cast<size_t>(dims.d[axis]);
      void* memory = nullptr;
      need(cudaMalloc(&memory, bytes) == cudaSuccess, "no memory");
      need(cudaMemset(memory, 0, bytes) == cudaSuccess, "no memory");
      need(context_->setTensorAddress(name, memory), "a tensor was not bound");
    }
    need(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess, "no stream");
  }

  void enqueue(cudaStream_t on) { need(context_->enqueueV3(on), "enqueueV3 failed"); }
  void finish() { need(cudaStreamSynchronize(stream) == cudaSuccess, "the stream failed"); }

  cudaStream_t stream = nullptr;

 private:
  Logger logger_;
  std::unique_ptr<nvinfer1::IRuntime> runtime_;
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
};

void null_stream(benchmark::State& state, Subject& subject) {
  for (auto _ : state) subject.enqueue(nullptr);
}

void idle_stream(benchmark::State& state, Subject& subject) {
  for (auto _ : state) {
    subject.enqueue(subject.stream);
    subject.finish();
  }
}

/// Behind an empty host function, to the end of both.
void busy_stream(benchmark::State& state, Subject& subject) {
  for (auto _ : state) {
    cudaLaunchHostFunc(
        subject.stream, [](void*) {}, nullptr);
    subject.enqueue(subject.stream);
    subject.finish();
  }
}

/// What the caller waits for where the stream has work: each of 100 calls, left there.
void busy_stream_call(benchmark::State& state, Subject& subject) {
  constexpr int kCalls = 100;
  struct Gate {
    std::atomic<bool> open = false;
  };
  while (state.KeepRunningBatch(kCalls)) {
    state.PauseTiming();
    Gate gate;
    cudaLaunchHostFunc(
        subject.stream, [](void* to) { static_cast<Gate*>(to)->open.wait(false); }, &gate);
    state.ResumeTiming();
    for (int i = 0; i < kCalls; ++i) subject.enqueue(subject.stream);
    state.PauseTiming();
    gate.open = true;
    gate.open.notify_one();
    subject.finish();
    state.ResumeTiming();
  }
}

void graph_launch(benchmark::State& state, Subject& subject) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  cudaStreamBeginCapture(subject.stream, cudaStreamCaptureModeThreadLocal);
  subject.enqueue(subject.stream);
  need(cudaStreamEndCapture(subject.stream, &graph) == cudaSuccess, "nothing was captured");
  need(cudaGraphInstantiate(&exec, graph, 0) == cudaSuccess, "no graph");
  for (auto _ : state) {
    cudaGraphLaunch(exec, subject.stream);
    subject.finish();
  }
  cudaGraphExecDestroy(exec);
  cudaGraphDestroy(graph);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s ENGINE [--benchmark_...]\n", argv[0]);
    return 1;
  }
  try {
    Subject subject(argv[1]);
    const auto add = [&](const char* name, void (*body)(benchmark::State&, Subject&)) {
      benchmark::RegisterBenchmark(name, [&subject, body](auto& state) {
        body(state, subject);
      })->UseRealTime();
    };
    add("null_stream", null_stream);
    add("idle_stream", idle_stream);
    add("busy_stream", busy_stream);
    add("busy_stream_call", busy_stream_call);
    add("graph_launch", graph_launch);
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
