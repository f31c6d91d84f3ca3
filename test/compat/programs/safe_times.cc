// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Clones a safe graph for several threads, each with an allocator's memory, scratch of its own, an
// event for consumed inputs, and a captured run that is launched between timed events.
// Usage: safe_times FOLDER MODEL LIBRARY, as safe_digits.
#include <cuda_runtime.h>

#include <atomic>
#include <thread>

#include "safe_program.h"

namespace {

using namespace nvinfer2::safe;

constexpr int kThreads = 3, kLaunches = 50;
constexpr int64_t kProfile = 1, kBatch = 5;

/// Counts its blocks; memory of the device by cudaMalloc, that of the host by the C library.
class Blocks final : public ISafeMemAllocator {
 public:
  void* allocate(uint64_t const size, uint64_t const alignment, MemoryPlacement const flags,
                 MemoryUsage const, ISafeRecorder&) noexcept override {
    void* memory = nullptr;
    if (size == 0) return nullptr;
    if (flags == MemoryPlacement::kGPU) {
      EXPECT(cudaMalloc(&memory, size) == cudaSuccess);
    } else {
      EXPECT(posix_memalign(&memory, alignment < 256 ? 256 : alignment, size) == 0);
    }
    ++held;
    return memory;
  }
  bool deallocate(void* const memory, MemoryPlacement const flags,
                  ISafeRecorder&) noexcept override {
    if (memory == nullptr) return true;
    if (flags == MemoryPlacement::kGPU) {
      EXPECT(cudaFree(memory) == cudaSuccess);
    } else {
      std::free(memory);
    }
    --held;
    return true;
  }
  std::atomic<int> held{0};
};

/// One captured run, launchable.
cudaGraphExec_t capture(ITRTGraph& graph, cudaStream_t stream) {
  EXPECT_OK(graph.executeAsync(stream));
  EXPECT_OK(graph.sync());
  EXPECT(cudaStreamSynchronize(stream) == cudaSuccess);
  cudaGraph_t captured = nullptr;
  cudaGraphExec_t launchable = nullptr;
  EXPECT(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  EXPECT_OK(graph.executeAsync(stream));
  EXPECT(cudaStreamEndCapture(stream, &captured) == cudaSuccess);
  EXPECT(cudaGraphInstantiate(&launchable, captured, nullptr, nullptr, 0) == cudaSuccess);
  EXPECT(cudaGraphDestroy(captured) == cudaSuccess);
  return launchable;
}

void launchAll(ITRTGraph& graph, const DeviceFloats& from, const DeviceFloats& to,
               const std::string& folder) {
  cudaStream_t stream = nullptr;
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  EXPECT(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  EXPECT(cudaEventCreateWithFlags(&begin, cudaEventBlockingSync) == cudaSuccess);
  EXPECT(cudaEventCreateWithFlags(&end, cudaEventBlockingSync) == cudaSuccess);
  cudaGraphExec_t launchable = capture(graph, stream);
  for (int launch = 0; launch < kLaunches; ++launch) {
    const int digit = launch % static_cast<int>(kDigits);
    std::vector<float> pictures;
    for (int64_t i = 0; i < kBatch; ++i) {
      const auto one = readDigit(folder, digit);
      pictures.insert(pictures.end(), one.begin(), one.end());
    }
    from.write(pictures);
    float milliseconds = -1;
    EXPECT(cudaEventRecord(begin, stream) == cudaSuccess);
    EXPECT(cudaGraphLaunch(launchable, stream) == cudaSuccess);
    EXPECT(cudaEventRecord(end, stream) == cudaSuccess);
    EXPECT(cudaEventSynchronize(end) == cudaSuccess);
    EXPECT(cudaEventElapsedTime(&milliseconds, begin, end) == cudaSuccess && milliseconds >= 0);
    const std::vector<float> scores = to.read();
    for (size_t i = 0; i < kBatch; ++i) {
      const auto first = scores.begin() + static_cast<long>(i * kDigits);
      EXPECT(best({first, first + kDigits}) == digit);
    }
  }
  EXPECT(cudaGraphExecDestroy(launchable) == cudaSuccess);
  EXPECT(cudaEventDestroy(begin) == cudaSuccess);
  EXPECT(cudaEventDestroy(end) == cudaSuccess);
  EXPECT(cudaStreamDestroy(stream) == cudaSuccess);
}

void work(ITRTGraph& graph, const std::string& folder) {
  const DeviceFloats from(kBatch * kPixels);
  const DeviceFloats to(kBatch * kDigits);
  const char* names[2] = {};
  for (size_t i = 0; i < 2; ++i) EXPECT_OK(graph.getIOTensorName(names[i], i));
  EXPECT_OK(graph.setIOTensorAddress(names[0],
                                     TypedArray(from.data(), kBatch * kPixels * sizeof(float))));
  EXPECT_OK(
      graph.setIOTensorAddress(names[1], TypedArray(to.data(), kBatch * kDigits * sizeof(float))));
  cudaEvent_t consumed = nullptr;
  cudaEvent_t known = nullptr;
  EXPECT(cudaEventCreate(&consumed) == cudaSuccess);
  EXPECT_OK(graph.setInputConsumedEvent(consumed));
  EXPECT_OK(graph.getInputConsumedEvent(known));
  EXPECT(known == consumed);
  EXPECT(cudaEventSynchronize(known) == cudaSuccess);  // not recorded yet: nothing to wait for
  launchAll(graph, from, to, folder);
  EXPECT(cudaEventDestroy(consumed) == cudaSuccess);
}

}  // namespace

// Shows S-LOAD-4, S-RUN-8, S-RUN-10, S-RUN-11.
int main(int argc, char** argv) {
  EXPECT(argc == 4);
  static SafeLog recorder;
  static Blocks blocks;
  registerMaxPool(argv[3], recorder);
  const auto engine = buildSafe(argv[2], {1, kBatch});
  ITRTGraph* graphs[kThreads] = {};
  EXPECT_OK(createTRTGraph(graphs[0], engine->data(), static_cast<int64_t>(engine->size()),
                           recorder, false, &blocks));
  EXPECT(blocks.held > 0);
  for (int i = 1; i < kThreads; ++i) EXPECT_OK(graphs[0]->clone(graphs[i], recorder));
  size_t bytes = 0;
  EXPECT_OK(graphs[0]->getScratchMemorySize(bytes));
  EXPECT(bytes > 0);
  std::vector<void*> scratch;
  std::vector<std::thread> threads;
  for (ITRTGraph* graph : graphs) {
    EXPECT_OK(graph->setIOProfile(kProfile));
    EXPECT(cudaMalloc(&scratch.emplace_back(), bytes) == cudaSuccess);
    EXPECT_OK(graph->setScratchMemory(scratch.back()));
    threads.emplace_back([graph, argv] { work(*graph, argv[1]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_OK(graphs[i]->setScratchMemory(nullptr));
    EXPECT_OK(destroyTRTGraph(graphs[i]));
    EXPECT(cudaFree(scratch[static_cast<size_t>(i)]) == cudaSuccess);
  }
  EXPECT(blocks.held == 0);
  EXPECT(recorder.getNbErrors() == 0);
  return passed("safe_times");
}
