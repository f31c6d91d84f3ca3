// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "hostcuda/include/hostcuda.h"
#include "hostcuda/runtime/stream/host_functions_test.h"

namespace {

using hostcuda::test::count_up;
using std::chrono::milliseconds;

/// A host function that waits until the test lets it go.
class Gate {
 public:
  static void wait(void* gate) { static_cast<Gate*>(gate)->pass(); }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    condition_.notify_all();
  }

 private:
  void pass() {
    std::unique_lock lock(mutex_);
    condition_.wait(lock, [this] { return open_; });
  }
  std::mutex mutex_;
  std::condition_variable condition_;
  bool open_ = false;
};

struct Stream {
  explicit Stream(unsigned int flags = cudaStreamDefault) {
    EXPECT_EQ(cudaStreamCreateWithFlags(&handle, flags), cudaSuccess);
  }
  ~Stream() { EXPECT_EQ(cudaStreamDestroy(handle), cudaSuccess); }
  operator cudaStream_t() const { return handle; }  // NOLINT: stands for its handle
  cudaStream_t handle = nullptr;
};

TEST(Stream, RunsInOrderAndBehindTheCaller) {
  const Stream stream;
  Gate gate;
  std::atomic<int> count = 0;
  ASSERT_EQ(cudaLaunchHostFunc(stream, Gate::wait, &gate), cudaSuccess);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(cudaLaunchHostFunc(stream, count_up, &count), cudaSuccess);
  }
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorNotReady);
  EXPECT_EQ(count, 0);
  gate.open();
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(count, 100);
  EXPECT_EQ(cudaStreamQuery(stream), cudaSuccess);
  EXPECT_EQ(cudaGetLastError(), cudaErrorNotReady);
}

TEST(Stream, StreamsAreIndependent) {
  const Stream held;
  const Stream free;
  Gate gate;
  std::atomic<int> count = 0;
  ASSERT_EQ(cudaLaunchHostFunc(held, Gate::wait, &gate), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(free, count_up, &count), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(free), cudaSuccess);
  EXPECT_EQ(count, 1);
  gate.open();
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaStreamQuery(held), cudaSuccess);
}

TEST(Stream, DestroyedStreamsEndTheirWork) {
  cudaStream_t stream = nullptr;
  Gate gate;
  std::atomic<int> count = 0;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(stream, Gate::wait, &gate), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(stream, count_up, &count), cudaSuccess);
  ASSERT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  EXPECT_EQ(count, 0);
  gate.open();
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(count, 1);
}

TEST(Stream, LegacyWaitsForBlockingStreamsAndTheyForIt) {
  const Stream blocking;
  const Stream apart(cudaStreamNonBlocking);
  Gate gate;
  std::atomic<int> legacy = 0;
  std::atomic<int> behind = 0;
  std::atomic<int> beside = 0;
  ASSERT_EQ(cudaLaunchHostFunc(blocking, Gate::wait, &gate), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(nullptr, count_up, &legacy), cudaSuccess);
  const Stream second;
  ASSERT_EQ(cudaLaunchHostFunc(second, count_up, &behind), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(apart, count_up, &beside), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(apart), cudaSuccess);
  EXPECT_EQ(beside, 1);
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(legacy, 0) << "the legacy stream waits for the blocking one";
  EXPECT_EQ(behind, 0) << "a blocking stream waits for the legacy one";
  EXPECT_EQ(cudaStreamQuery(cudaStreamLegacy), cudaErrorNotReady);
  gate.open();
  EXPECT_EQ(cudaStreamSynchronize(second), cudaSuccess);
  EXPECT_EQ(legacy, 1);
  EXPECT_EQ(behind, 1);
  cudaGetLastError();
}

TEST(Stream, SynchronisingTheLegacyStreamAwaitsBlockingStreams) {
  const Stream blocking;
  std::atomic<int> count = 0;
  ASSERT_EQ(cudaLaunchHostFunc(
                blocking, [](void*) { std::this_thread::sleep_for(milliseconds(20)); }, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(blocking, count_up, &count), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(count, 1);
}

TEST(Stream, PerThreadStreamsAreOneAThread) {
  Gate gate;
  ASSERT_EQ(cudaLaunchHostFunc(cudaStreamPerThread, Gate::wait, &gate), cudaSuccess);
  EXPECT_EQ(cudaStreamQuery(cudaStreamPerThread), cudaErrorNotReady);
  unsigned long long mine = 0;
  EXPECT_EQ(cudaStreamGetId(cudaStreamPerThread, &mine), cudaSuccess);
  std::thread([&] {
    EXPECT_EQ(cudaStreamQuery(cudaStreamPerThread), cudaSuccess);
    unsigned long long theirs = 0;
    EXPECT_EQ(cudaStreamGetId(cudaStreamPerThread, &theirs), cudaSuccess);
    EXPECT_NE(mine, theirs);
  }).join();
  gate.open();
  EXPECT_EQ(cudaStreamSynchronize(cudaStreamPerThread), cudaSuccess);
  cudaGetLastError();
}

TEST(Stream, FlagsPriorityIdDevice) {
  const Stream apart(cudaStreamNonBlocking);
  unsigned int flags = 0;
  EXPECT_EQ(cudaStreamGetFlags(apart, &flags), cudaSuccess);
  EXPECT_EQ(flags, cudaStreamNonBlocking);
  int least = 1;
  int greatest = 1;
  EXPECT_EQ(cudaDeviceGetStreamPriorityRange(&least, &greatest), cudaSuccess);
  EXPECT_EQ(least, 0);
  EXPECT_LT(greatest, least);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreateWithPriority(&stream, cudaStreamDefault, -100), cudaSuccess);
  int priority = 1;
  EXPECT_EQ(cudaStreamGetPriority(stream, &priority), cudaSuccess);
  EXPECT_EQ(priority, greatest) << "clamped";
  int device = -1;
  EXPECT_EQ(cudaStreamGetDevice(stream, &device), cudaSuccess);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Stream, Attributes) {
  const Stream one;
  const Stream other;
  cudaLaunchAttributeValue value{};
  EXPECT_EQ(cudaStreamGetAttribute(one, cudaLaunchAttributeSynchronizationPolicy, &value),
            cudaSuccess);
  EXPECT_EQ(value.syncPolicy, cudaSyncPolicyAuto);
  value.syncPolicy = cudaSyncPolicyBlockingSync;
  EXPECT_EQ(cudaStreamSetAttribute(one, cudaLaunchAttributeSynchronizationPolicy, &value),
            cudaSuccess);
  EXPECT_EQ(cudaStreamCopyAttributes(other, one), cudaSuccess);
  value = {};
  EXPECT_EQ(cudaStreamGetAttribute(other, cudaLaunchAttributeSynchronizationPolicy, &value),
            cudaSuccess);
  EXPECT_EQ(value.syncPolicy, cudaSyncPolicyBlockingSync);
}

TEST(Stream, HostFunctionsMayMakeNoCalls) {
  const Stream stream;
  cudaError_t error = cudaSuccess;
  ASSERT_EQ(cudaLaunchHostFunc(
                stream,
                [](void* data) {
                  *static_cast<cudaError_t*>(data) = cudaStreamSynchronize(nullptr);
                  cudaGetLastError();
                },
                &error),
            cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(error, cudaErrorNotPermitted);
}

TEST(Stream, CallbacksSeeTheStreamAndNoError) {
  struct Seen {
    cudaStream_t stream = nullptr;
    cudaError_t status = cudaErrorUnknown;
  } seen;
  const Stream stream;
  ASSERT_EQ(cudaStreamAddCallback(
                stream,
                [](cudaStream_t on, cudaError_t status, void* data) {
                  *static_cast<Seen*>(data) = {on, status};
                },
                &seen, 0),
            cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(seen.stream, stream.handle);
  EXPECT_EQ(seen.status, cudaSuccess);
  EXPECT_EQ(cudaStreamAddCallback(stream, nullptr, nullptr, 0), cudaErrorInvalidValue);
}

TEST(Stream, ManyStreamsFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  std::atomic<int> count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const Stream own;
      for (int i = 0; i < kRounds; ++i) {
        EXPECT_EQ(cudaLaunchHostFunc(own, count_up, &count), cudaSuccess);
        EXPECT_EQ(cudaLaunchHostFunc(nullptr, count_up, &count), cudaSuccess);
        if (i % 16 == 0) {
          EXPECT_EQ(cudaStreamSynchronize(own), cudaSuccess);
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(count, 2 * kThreads * kRounds);
}

}  // namespace
