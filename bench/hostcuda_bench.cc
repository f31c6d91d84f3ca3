// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the CUDA runtime on the CPU costs: empty work through streams, events and graphs.
#include <benchmark/benchmark.h>
#include <cuda_runtime_api.h>
#include <hostcuda.h>

#include <atomic>

namespace {

void nothing(void*) {}
int no_task(void*, cudaStream_t) { return 0; }

struct Stream {
  Stream() { cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking); }
  ~Stream() { cudaStreamDestroy(handle); }
  cudaStream_t handle = nullptr;
};

void check(benchmark::State& state, cudaError_t error) {
  if (error != cudaSuccess) {
    state.SkipWithError(cudaGetErrorString(error));
  }
}

/// From the call to the end of the synchronise: there and back.
void host_function_round_trip(benchmark::State& state) {
  const Stream stream;
  for (auto _ : state) {
    cudaLaunchHostFunc(stream.handle, nothing, nullptr);
    check(state, cudaStreamSynchronize(stream.handle));
  }
}
BENCHMARK(host_function_round_trip)->MeasureProcessCPUTime()->UseRealTime();

/// From the call until a worker has run it; nobody synchronises, who would run it himself.
void host_function_by_a_worker(benchmark::State& state) {
  const Stream stream;
  std::atomic<int> done = 0;
  const auto count = [](void* data) { ++*static_cast<std::atomic<int>*>(data); };
  int expected = 0;
  for (auto _ : state) {
    cudaLaunchHostFunc(stream.handle, count, &done);
    ++expected;
    while (done != expected) {
    }
  }
  check(state, cudaStreamSynchronize(stream.handle));
}
BENCHMARK(host_function_by_a_worker)->MeasureProcessCPUTime()->UseRealTime();

/// Of many that follow each other, each.
void host_function_in_a_row(benchmark::State& state) {
  constexpr int kRow = 1000;
  const Stream stream;
  for (auto _ : state) {
    for (int i = 0; i < kRow; ++i) {
      cudaLaunchHostFunc(stream.handle, nothing, nullptr);
    }
    check(state, cudaStreamSynchronize(stream.handle));
  }
  state.SetItemsProcessed(state.iterations() * kRow);
}
BENCHMARK(host_function_in_a_row)->MeasureProcessCPUTime()->UseRealTime();

void task_round_trip(benchmark::State& state) {
  const Stream stream;
  for (auto _ : state) {
    hostcudaLaunchTask(stream.handle, no_task, nullptr, nullptr);
    check(state, cudaStreamSynchronize(stream.handle));
  }
}
BENCHMARK(task_round_trip)->MeasureProcessCPUTime()->UseRealTime();

void legacy_stream_round_trip(benchmark::State& state) {
  for (auto _ : state) {
    cudaLaunchHostFunc(nullptr, nothing, nullptr);
    check(state, cudaStreamSynchronize(nullptr));
  }
}
BENCHMARK(legacy_stream_round_trip)->MeasureProcessCPUTime()->UseRealTime();

/// Work on one stream, an event, work on a second that waits for it, synchronise.
void event_round_trip(benchmark::State& state) {
  const Stream one;
  const Stream two;
  cudaEvent_t event = nullptr;
  cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
  for (auto _ : state) {
    cudaLaunchHostFunc(one.handle, nothing, nullptr);
    cudaEventRecord(event, one.handle);
    cudaStreamWaitEvent(two.handle, event, 0);
    cudaLaunchHostFunc(two.handle, nothing, nullptr);
    check(state, cudaStreamSynchronize(two.handle));
  }
  cudaEventDestroy(event);
}
BENCHMARK(event_round_trip)->MeasureProcessCPUTime()->UseRealTime();

void event_record_and_synchronize_idle(benchmark::State& state) {
  const Stream stream;
  cudaEvent_t event = nullptr;
  cudaEventCreate(&event);
  for (auto _ : state) {
    cudaEventRecord(event, stream.handle);
    check(state, cudaEventSynchronize(event));
  }
  cudaEventDestroy(event);
}
BENCHMARK(event_record_and_synchronize_idle)->MeasureProcessCPUTime()->UseRealTime();

void graph_of_20_nodes(benchmark::State& state) {
  constexpr int kNodes = 20;
  const Stream stream;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeThreadLocal);
  for (int i = 0; i < kNodes; ++i) {
    cudaLaunchHostFunc(stream.handle, nothing, nullptr);
  }
  cudaStreamEndCapture(stream.handle, &graph);
  cudaGraphInstantiate(&exec, graph, 0);
  for (auto _ : state) {
    cudaGraphLaunch(exec, stream.handle);
    check(state, cudaStreamSynchronize(stream.handle));
  }
  cudaGraphExecDestroy(exec);
  cudaGraphDestroy(graph);
}
BENCHMARK(graph_of_20_nodes)->MeasureProcessCPUTime()->UseRealTime();

void stream_state(benchmark::State& state) {
  const Stream stream;
  for (auto _ : state) {
    benchmark::DoNotOptimize(hostcudaStreamState(stream.handle));
  }
}
BENCHMARK(stream_state);

}  // namespace

BENCHMARK_MAIN();
