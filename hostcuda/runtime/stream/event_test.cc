// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "hostcuda/runtime/stream/host_functions_test.h"

namespace {

using hostcuda::test::count_up;
using hostcuda::test::nap;

void copy_count(void* data) {
  auto* const pair = static_cast<std::atomic<int>*>(data);
  pair[1] = pair[0].load();
}

class Event : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaStreamCreateWithFlags(&one_, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaStreamCreateWithFlags(&two_, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaEventCreate(&event_), cudaSuccess);
  }
  void TearDown() override {
    cudaEventDestroy(event_);
    EXPECT_EQ(cudaStreamDestroy(one_), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(two_), cudaSuccess);
    cudaGetLastError();
  }
  cudaStream_t one_ = nullptr;
  cudaStream_t two_ = nullptr;
  cudaEvent_t event_ = nullptr;
};

TEST_F(Event, NeverRecordedIsDone) {
  EXPECT_EQ(cudaEventQuery(event_), cudaSuccess);
  EXPECT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  EXPECT_EQ(cudaStreamWaitEvent(one_, event_, 0), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(one_), cudaSuccess);
}

TEST_F(Event, QueryAndSynchronize) {
  ASSERT_EQ(cudaLaunchHostFunc(one_, nap, nullptr), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  EXPECT_EQ(cudaEventQuery(event_), cudaErrorNotReady);
  EXPECT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  EXPECT_EQ(cudaEventQuery(event_), cudaSuccess);
}

TEST_F(Event, OrdersOneStreamBehindAnother) {
  std::atomic<int> counts[2] = {0, -1};
  ASSERT_EQ(cudaLaunchHostFunc(one_, nap, nullptr), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(one_, count_up, &counts[0]), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event_, 0), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(two_, copy_count, counts), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(two_), cudaSuccess);
  EXPECT_EQ(counts[1], 1);
}

TEST_F(Event, WaitingIsForTheRecordingOfThatMoment) {
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event_, 0), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(one_, nap, nullptr), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(two_), cudaSuccess);
  EXPECT_EQ(cudaEventQuery(event_), cudaErrorNotReady);
  EXPECT_EQ(cudaStreamSynchronize(one_), cudaSuccess);
}

TEST_F(Event, DestroyedWhileAwaited) {
  std::atomic<int> counts[2] = {0, -1};
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(one_, nap, nullptr), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(one_, count_up, &counts[0]), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event, 0), cudaSuccess);
  ASSERT_EQ(cudaEventDestroy(event), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(two_, copy_count, counts), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(two_), cudaSuccess);
  EXPECT_EQ(counts[1], 1);
}

TEST_F(Event, ElapsedTime) {
  cudaEvent_t end = nullptr;
  ASSERT_EQ(cudaEventCreate(&end), cudaSuccess);
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event_, end), cudaErrorInvalidResourceHandle);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(one_, nap, nullptr), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(end, one_), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event_, end), cudaErrorNotReady);
  ASSERT_EQ(cudaEventSynchronize(end), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event_, end), cudaSuccess);
  EXPECT_GE(milliseconds, 20);
  EXPECT_LT(milliseconds, 10000);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, end, event_), cudaSuccess);
  EXPECT_LE(milliseconds, -20);
  EXPECT_EQ(cudaEventDestroy(end), cudaSuccess);
}

TEST_F(Event, WithoutTimingThereIsNoElapsedTime) {
  cudaEvent_t untimed = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(untimed, one_), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(one_), cudaSuccess);
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, untimed, event_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventDestroy(untimed), cudaSuccess);
}

TEST_F(Event, UnknownFlagsAndProcessesAreRefused) {
  cudaEvent_t event = nullptr;
  EXPECT_EQ(cudaEventCreateWithFlags(&event, 0x80), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventCreateWithFlags(&event, cudaEventInterprocess), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventCreateWithFlags(&event, cudaEventInterprocess | cudaEventDisableTiming),
            cudaErrorNotSupported);
  EXPECT_EQ(cudaEventRecordWithFlags(event_, one_, cudaEventRecordExternal), cudaErrorInvalidValue)
      << "only while capturing";
}

}  // namespace
