// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory from many threads at once, and memory that dies while work on it waits.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 4, kRounds = 60;

/// Runs `work(thread)` on several threads; how many answers were false.
template <typename Work>
int failures(Work work) {
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) failed += !work(t, i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failed;
}

TEST(Concurrency, AllocationsDoNotMeet) {
  size_t before = 0, after = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  EXPECT_EQ(failures([](int t, int i) {
              const size_t size = 100 + static_cast<size_t>(997 * i) % 5000;
              unsigned char *memory = nullptr, last = 0;
              bool good = cudaMalloc(&memory, size) == cudaSuccess;
              good &= cudaMemset(memory, t + 1, size) == cudaSuccess;
              good &=
                  cudaMemcpy(&last, memory + size - 1, 1, cudaMemcpyDeviceToHost) == cudaSuccess;
              good &= last == t + 1;
              return (cudaFree(memory) == cudaSuccess) && good;
            }),
            0);
  ASSERT_EQ(cudaMemGetInfo(&after, &total), cudaSuccess);
  EXPECT_EQ(after, before);
}

TEST(Concurrency, StreamsShareOnePool) {
  std::vector<cudaStream_t> streams(kThreads);
  for (cudaStream_t& stream : streams) ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  EXPECT_EQ(failures([&](int t, int i) {
              unsigned char *memory = nullptr, *host = nullptr;
              const size_t size = 256 * (1 + static_cast<size_t>(i) % 7);
              bool good = cudaMallocAsync(&memory, size, streams[t]) == cudaSuccess;
              good &= cudaMallocHost(&host, 1) == cudaSuccess;
              good &= cudaMemsetAsync(memory, t + 10, size, streams[t]) == cudaSuccess;
              good &= cudaMemcpyAsync(host, memory + size - 1, 1, cudaMemcpyDeviceToHost,
                                      streams[t]) == cudaSuccess;
              good &= cudaFreeAsync(memory, streams[t]) == cudaSuccess;
              good &= cudaStreamSynchronize(streams[t]) == cudaSuccess;
              good &= *host == t + 10;
              return (cudaFreeHost(host) == cudaSuccess) && good;
            }),
            0);
  for (const cudaStream_t stream : streams) EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Concurrency, LargePageableCopiesAreReadDuringTheCall) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  constexpr size_t kSize = size_t{3} << 20;
  unsigned char* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, kSize), cudaSuccess);
  std::vector<unsigned char> host(kSize, 1);
  ASSERT_EQ(cudaMemcpyAsync(memory, host.data(), kSize, cudaMemcpyHostToDevice, stream),
            cudaSuccess);
  std::memset(host.data(), 2, kSize);
  unsigned char out = 0;
  ASSERT_EQ(cudaMemcpy(&out, memory + kSize - 1, 1, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, 1);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Concurrency, AMissingSynchronizeShows) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
  int *device = nullptr, *host = nullptr;
  ASSERT_EQ(cudaMalloc(&device, sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaMallocHost(&host, sizeof(int)), cudaSuccess);
  *host = 0;
  std::atomic<bool> go{false};
  const auto wait = [](void* flag) {
    while (!*static_cast<std::atomic<bool>*>(flag)) std::this_thread::yield();
  };
  ASSERT_EQ(cudaMemset(device, 1, sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(stream, wait, &go), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(host, device, sizeof(int), cudaMemcpyDeviceToHost, stream),
            cudaSuccess);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorNotReady);
  EXPECT_EQ(*host, 0);
  go = true;
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(*host, 0x01010101);
  EXPECT_EQ(cudaFree(device), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  cudaGetLastError();
}

TEST(Concurrency, AGraphOverFreedMemoryFailsTheDevice) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  int* device = nullptr;
  ASSERT_EQ(cudaMalloc(&device, sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(device, 0, sizeof(int), stream), cudaSuccess);
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaFree(device), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaMalloc(&device, 4), cudaErrorIllegalAddress);
  EXPECT_EQ(cudaDeviceReset(), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&device, 4), cudaSuccess);
  EXPECT_EQ(cudaFree(device), cudaSuccess);
}

}  // namespace
