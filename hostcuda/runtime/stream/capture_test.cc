// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hostcuda/include/hostcuda.h"
#include "hostcuda/runtime/stream/host_functions_test.h"

namespace {

using hostcuda::test::count_up;

class Capture : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaStreamCreate(&one_), cudaSuccess);
    ASSERT_EQ(cudaStreamCreate(&two_), cudaSuccess);
    ASSERT_EQ(cudaEventCreate(&event_), cudaSuccess);
    ASSERT_EQ(cudaEventCreate(&back_), cudaSuccess);
  }
  void TearDown() override {
    EXPECT_EQ(cudaEventDestroy(event_), cudaSuccess);
    EXPECT_EQ(cudaEventDestroy(back_), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(one_), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(two_), cudaSuccess);
    if (graph_ != nullptr) {
      EXPECT_EQ(cudaGraphDestroy(graph_), cudaSuccess);
    }
    cudaGetLastError();
  }

  void begin(cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) {
    ASSERT_EQ(cudaStreamBeginCapture(one_, mode), cudaSuccess);
  }
  cudaError_t end() { return cudaStreamEndCapture(one_, &graph_); }
  void add(cudaStream_t stream) {
    ASSERT_EQ(cudaLaunchHostFunc(stream, count_up, &count_), cudaSuccess);
  }
  cudaStreamCaptureStatus status(cudaStream_t stream) {
    auto now = cudaStreamCaptureStatusNone;
    EXPECT_EQ(cudaStreamIsCapturing(stream, &now), cudaSuccess);
    return now;
  }
  size_t node_count() {
    size_t nodes = 0;
    EXPECT_EQ(cudaGraphGetNodes(graph_, nullptr, &nodes), cudaSuccess);
    return nodes;
  }
  size_t edge_count() {
    size_t edges = 0;
    EXPECT_EQ(cudaGraphGetEdges(graph_, nullptr, nullptr, nullptr, &edges), cudaSuccess);
    return edges;
  }
  void expect_invalidated() {
    EXPECT_EQ(status(one_), cudaStreamCaptureStatusInvalidated);
    EXPECT_EQ(cudaLaunchHostFunc(one_, count_up, &count_), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(end(), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(graph_, nullptr);
    EXPECT_EQ(status(one_), cudaStreamCaptureStatusNone);
  }

  cudaStream_t one_ = nullptr;
  cudaStream_t two_ = nullptr;
  cudaEvent_t event_ = nullptr;
  cudaEvent_t back_ = nullptr;
  cudaGraph_t graph_ = nullptr;
  std::atomic<int> count_ = 0;
};

TEST_F(Capture, RecordsAndRunsNothing) {
  begin();
  EXPECT_EQ(status(one_), cudaStreamCaptureStatusActive);
  add(one_);
  add(one_);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(count_, 0);
  EXPECT_EQ(node_count(), 2U);
  EXPECT_EQ(edge_count(), 1U);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph_, 0), cudaSuccess);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(cudaGraphLaunch(exec, two_), cudaSuccess);
  }
  EXPECT_EQ(cudaStreamSynchronize(two_), cudaSuccess);
  EXPECT_EQ(count_, 10);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
}

TEST_F(Capture, ForksAndJoinsByEvents) {
  begin();
  add(one_);
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event_, 0), cudaSuccess);
  EXPECT_EQ(status(two_), cudaStreamCaptureStatusActive);
  add(two_);
  add(one_);
  ASSERT_EQ(cudaEventRecord(back_, two_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(one_, back_, 0), cudaSuccess);
  add(one_);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(status(two_), cudaStreamCaptureStatusNone);
  EXPECT_EQ(node_count(), 4U);
  EXPECT_EQ(edge_count(), 4U);
  EXPECT_EQ(cudaEventQuery(event_), cudaErrorCapturedEvent);
}

TEST_F(Capture, UnjoinedForkEndsWithoutGraph) {
  begin();
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event_, 0), cudaSuccess);
  add(two_);
  EXPECT_EQ(end(), cudaErrorStreamCaptureUnjoined);
  EXPECT_EQ(graph_, nullptr);
  EXPECT_EQ(status(one_), cudaStreamCaptureStatusNone);
  EXPECT_EQ(status(two_), cudaStreamCaptureStatusNone);
}

TEST_F(Capture, WaitingForUncapturedWorkBreaksIsolation) {
  ASSERT_EQ(cudaEventRecord(event_, two_), cudaSuccess);
  begin();
  EXPECT_EQ(cudaStreamWaitEvent(one_, event_, 0), cudaErrorStreamCaptureIsolation);
  expect_invalidated();
}

TEST_F(Capture, TwoCapturesDoNotMerge) {
  begin();
  ASSERT_EQ(cudaStreamBeginCapture(two_, cudaStreamCaptureModeGlobal), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(event_, two_), cudaSuccess);
  EXPECT_EQ(cudaStreamWaitEvent(one_, event_, 0), cudaErrorStreamCaptureMerge);
  cudaGraph_t none = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(two_, &none), cudaErrorStreamCaptureInvalidated);
  expect_invalidated();
}

TEST_F(Capture, SynchronisingIsRefused) {
  begin(cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(cudaStreamSynchronize(one_), cudaErrorStreamCaptureUnsupported);
  expect_invalidated();
  begin(cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(cudaStreamQuery(one_), cudaErrorStreamCaptureUnsupported);
  expect_invalidated();
  begin(cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorStreamCaptureUnsupported);
  expect_invalidated();
}

TEST_F(Capture, TheLegacyStreamWouldDependOnIt) {
  begin(cudaStreamCaptureModeRelaxed);
  auto now = cudaStreamCaptureStatusNone;
  EXPECT_EQ(cudaStreamIsCapturing(nullptr, &now), cudaErrorStreamCaptureImplicit);
  EXPECT_EQ(status(one_), cudaStreamCaptureStatusActive) << "a question breaks nothing";
  EXPECT_EQ(cudaLaunchHostFunc(nullptr, count_up, &count_), cudaErrorStreamCaptureImplicit);
  expect_invalidated();
  EXPECT_EQ(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeRelaxed),
            cudaErrorStreamCaptureUnsupported);
}

TEST_F(Capture, ANonBlockingStreamLeavesTheLegacyStreamFree) {
  cudaStream_t apart = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&apart, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(apart, cudaStreamCaptureModeRelaxed), cudaSuccess);
  EXPECT_EQ(cudaLaunchHostFunc(nullptr, count_up, &count_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(cudaStreamEndCapture(apart, &graph_), cudaSuccess);
  EXPECT_EQ(count_, 1);
  EXPECT_EQ(cudaStreamDestroy(apart), cudaSuccess);
}

TEST_F(Capture, ModesForbidUnsafeCalls) {
  void* memory = nullptr;
  begin(cudaStreamCaptureModeRelaxed);
  EXPECT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph_), cudaSuccess);
  begin(cudaStreamCaptureModeThreadLocal);
  std::thread([&] { EXPECT_EQ(cudaFree(memory), cudaSuccess); }).join();
  EXPECT_EQ(cudaMalloc(&memory, 16), cudaErrorStreamCaptureUnsupported);
  expect_invalidated();
  begin(cudaStreamCaptureModeGlobal);
  std::thread([&] {
    cudaStreamCaptureMode mode = cudaStreamCaptureModeThreadLocal;
    EXPECT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
    EXPECT_EQ(mode, cudaStreamCaptureModeGlobal);
    EXPECT_EQ(cudaEventQuery(back_), cudaSuccess);
    EXPECT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
    EXPECT_EQ(cudaEventQuery(back_), cudaErrorStreamCaptureUnsupported);
  }).join();
  expect_invalidated();
}

TEST_F(Capture, EndsInItsOwnThreadAndStreamOnly) {
  begin();
  std::thread([&] {
    cudaGraph_t none = nullptr;
    EXPECT_EQ(cudaStreamEndCapture(one_, &none), cudaErrorStreamCaptureWrongThread);
  }).join();
  expect_invalidated();
  begin();
  ASSERT_EQ(cudaEventRecord(event_, one_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(two_, event_, 0), cudaSuccess);
  cudaGraph_t none = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(two_, &none), cudaErrorStreamCaptureUnmatched);
  expect_invalidated();
  begin(cudaStreamCaptureModeRelaxed);
  std::thread([&] { EXPECT_EQ(end(), cudaSuccess); }).join();
}

TEST_F(Capture, BeginningTwiceAndEndingNone) {
  EXPECT_EQ(cudaStreamEndCapture(one_, &graph_), cudaErrorIllegalState);
  begin();
  EXPECT_EQ(cudaStreamBeginCapture(one_, cudaStreamCaptureModeGlobal), cudaErrorIllegalState);
  EXPECT_EQ(end(), cudaSuccess);
}

TEST_F(Capture, CallbacksCannotBeCaptured) {
  begin();
  EXPECT_EQ(cudaStreamAddCallback(
                one_, [](cudaStream_t, cudaError_t, void*) {}, nullptr, 0),
            cudaErrorStreamCaptureUnsupported);
  expect_invalidated();
}

TEST_F(Capture, InfoAndDependencies) {
  begin();
  add(one_);
  auto now = cudaStreamCaptureStatusNone;
  unsigned long long id = 0;
  cudaGraph_t graph = nullptr;
  const cudaGraphNode_t* nodes = nullptr;
  const cudaGraphEdgeData* edges = nullptr;
  size_t count = 0;
  ASSERT_EQ(cudaStreamGetCaptureInfo(one_, &now, &id, &graph, &nodes, &edges, &count), cudaSuccess);
  EXPECT_EQ(now, cudaStreamCaptureStatusActive);
  EXPECT_NE(id, 0U);
  ASSERT_EQ(count, 1U);
  cudaGraphNode_t own = nullptr;
  ASSERT_EQ(cudaGraphAddEmptyNode(&own, graph, nodes, count), cudaSuccess);
  ASSERT_EQ(
      cudaStreamUpdateCaptureDependencies(one_, &own, nullptr, 1, cudaStreamSetCaptureDependencies),
      cudaSuccess);
  add(one_);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(graph_, graph);
  EXPECT_EQ(node_count(), 3U);
  EXPECT_EQ(edge_count(), 2U);
  EXPECT_EQ(cudaStreamUpdateCaptureDependencies(one_, &own, nullptr, 1, 0), cudaErrorIllegalState);
}

TEST_F(Capture, IntoAGraphThatIsThere) {
  cudaGraphNode_t first = nullptr;
  ASSERT_EQ(cudaGraphCreate(&graph_, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&first, graph_, nullptr, 0), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCaptureToGraph(one_, graph_, &first, nullptr, 1,
                                          cudaStreamCaptureModeThreadLocal),
            cudaSuccess);
  add(one_);
  cudaGraph_t same = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(one_, &same), cudaSuccess);
  EXPECT_EQ(same, graph_);
  EXPECT_EQ(node_count(), 2U);
  EXPECT_EQ(edge_count(), 1U);
}

TEST_F(Capture, TasksAndGraphsAndExternalEventsBecomeNodes) {
  begin();
  ASSERT_EQ(hostcudaLaunchTask(
                one_, [](void* data, cudaStream_t) { return count_up(data), 0; }, &count_, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaEventRecordWithFlags(event_, one_, cudaEventRecordExternal), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(one_, back_, cudaEventWaitExternal), cudaSuccess);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(node_count(), 3U);
  cudaGraphExec_t inner = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&inner, graph_, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph_), cudaSuccess);
  begin();
  ASSERT_EQ(cudaGraphLaunch(inner, one_), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(inner, one_), cudaSuccess);
  ASSERT_EQ(end(), cudaSuccess);
  EXPECT_EQ(node_count(), 2U);
  cudaGraphExec_t outer = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&outer, graph_, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(inner), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(outer, one_), cudaSuccess);
  EXPECT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(one_), cudaSuccess);
  EXPECT_EQ(count_, 2);
  EXPECT_EQ(cudaGraphExecDestroy(outer), cudaSuccess);
}

}  // namespace
