// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "hostcuda/include/hostcuda.h"
#include "hostcuda/runtime/stream/host_functions_test.h"

namespace {

using hostcuda::test::nap;

struct Seen {
  cudaStream_t stream = nullptr;
  cudaStream_t current = nullptr;
  int inside = 0;
  int after_call = -1;
  hostcudaStreamStatus status = hostcudaStreamUnknown;
  cudaError_t error = cudaErrorUnknown;
  std::atomic<int> released = 0;
};

void add_to_int(void* data) { ++*static_cast<int*>(data); }
void released(void* data) { ++static_cast<Seen*>(data)->released; }

/// Makes calls on its own stream: they are done when they return.
int look(void* data, cudaStream_t stream) {
  auto& seen = *static_cast<Seen*>(data);
  seen.stream = stream;
  seen.current = hostcudaCurrentStream();
  seen.status = hostcudaStreamState(stream);
  cudaEvent_t event = nullptr;
  seen.error = cudaLaunchHostFunc(stream, add_to_int, &seen.inside);
  seen.after_call = seen.inside;
  const cudaError_t further[] = {cudaStreamSynchronize(stream), cudaStreamQuery(stream),
                                 cudaEventCreate(&event),       cudaEventRecord(event, stream),
                                 cudaEventSynchronize(event),   cudaEventDestroy(event),
                                 cudaDeviceSynchronize()};
  for (const cudaError_t error : further) {
    seen.error = error == cudaSuccess ? seen.error : error;
  }
  return 0;
}

void check(const Seen& seen, cudaStream_t stream) {
  EXPECT_EQ(seen.stream, stream);
  EXPECT_EQ(seen.current, stream);
  EXPECT_EQ(seen.status, hostcudaStreamReady);
  EXPECT_EQ(seen.error, cudaSuccess);
  EXPECT_EQ(seen.after_call, 1);
  EXPECT_EQ(seen.released, 1);
}

TEST(Task, CallsOnItsOwnStreamAreDoneInPlace) {
  for (const unsigned int flags : {cudaStreamDefault, cudaStreamNonBlocking}) {
    cudaStream_t stream = nullptr;
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream, flags), cudaSuccess);
    Seen seen;
    ASSERT_EQ(hostcudaLaunchTask(stream, look, &seen, released), cudaSuccess);
    int later = 0;
    ASSERT_EQ(cudaLaunchHostFunc(stream, add_to_int, &later), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    check(seen, stream);
    EXPECT_EQ(later, 1);
    EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  }
}

TEST(Task, OnTheLegacyStream) {
  Seen seen;
  ASSERT_EQ(hostcudaLaunchTask(nullptr, look, &seen, released), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  check(seen, cudaStreamLegacy);
}

TEST(Task, LegacyCallsInATaskOfABlockingStreamDoNotWaitForIt) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  cudaError_t error = cudaErrorUnknown;
  ASSERT_EQ(hostcudaLaunchTask(
                stream,
                [](void* data, cudaStream_t) {
                  nap(nullptr);
                  int inside = 0;
                  auto& out = *static_cast<cudaError_t*>(data);
                  out = cudaLaunchHostFunc(nullptr, add_to_int, &inside);
                  out = out == cudaSuccess && inside == 1 ? cudaStreamSynchronize(nullptr) : out;
                  return 0;
                },
                &error, nullptr),
            cudaSuccess);
  int later = 0;
  ASSERT_EQ(cudaLaunchHostFunc(nullptr, add_to_int, &later), cudaSuccess);  // waits for the task
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(error, cudaSuccess);
  EXPECT_EQ(later, 1);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Task, OnAThreadsOwnStreamTheHandleStaysThatThreads) {
  unsigned long long ids[2] = {0, 1};
  ASSERT_EQ(cudaStreamGetId(cudaStreamPerThread, &ids[0]), cudaSuccess);
  ASSERT_EQ(hostcudaLaunchTask(
                cudaStreamPerThread,
                [](void* data, cudaStream_t) {
                  return static_cast<int>(
                      cudaStreamGetId(cudaStreamPerThread, static_cast<unsigned long long*>(data)));
                },
                &ids[1], nullptr),
            cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(cudaStreamPerThread), cudaSuccess);
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(Task, ARefusedTaskIsReleasedAtOnce) {
  Seen seen;
  const auto foreign = reinterpret_cast<cudaStream_t>(&seen);
  EXPECT_EQ(hostcudaLaunchTask(foreign, look, &seen, released), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(seen.released, 1);
  EXPECT_EQ(hostcudaLaunchTask(nullptr, nullptr, &seen, released), cudaErrorInvalidValue);
  EXPECT_EQ(seen.released, 2);
  static Seen inside;
  EXPECT_EQ(cudaLaunchHostFunc(
                nullptr,
                [](void* code) {
                  *static_cast<cudaError_t*>(code) =
                      hostcudaLaunchTask(nullptr, look, &inside, released);
                },
                &inside.error),
            cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(inside.error, cudaErrorNotPermitted);
  EXPECT_EQ(inside.released, 1);
  cudaGetLastError();
}

TEST(Task, StatusOfStreams) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  EXPECT_EQ(hostcudaStreamState(stream), hostcudaStreamReady);
  EXPECT_EQ(hostcudaStreamState(nullptr), hostcudaStreamReady);
  ASSERT_EQ(cudaLaunchHostFunc(stream, nap, nullptr), cudaSuccess);
  EXPECT_EQ(hostcudaStreamState(stream), hostcudaStreamBusy);
  EXPECT_EQ(hostcudaStreamState(nullptr), hostcudaStreamBusy) << "it waits for blocking streams";
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(hostcudaStreamState(stream), hostcudaStreamReady);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), cudaSuccess);
  EXPECT_EQ(hostcudaStreamState(stream), hostcudaStreamCapturing);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(hostcudaOwnsStream(stream), 1);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  EXPECT_EQ(hostcudaStreamState(stream), hostcudaStreamUnknown);
  EXPECT_EQ(hostcudaOwnsStream(stream), 0);
  EXPECT_EQ(hostcudaOwnsStream(reinterpret_cast<cudaStream_t>(&stream)), 0);
  EXPECT_EQ(hostcudaOwnsStream(nullptr), 1);
  EXPECT_EQ(hostcudaOwnsStream(cudaStreamPerThread), 1);
  EXPECT_EQ(hostcudaCurrentStream(), nullptr);
}

}  // namespace
