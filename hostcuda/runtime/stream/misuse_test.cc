// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a program does wrong, and the code that the interface documents for it.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

namespace {

void nothing(void*) {}

class Misuse : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaStreamCreate(&stream_), cudaSuccess);
    ASSERT_EQ(cudaEventCreate(&event_), cudaSuccess);
    ASSERT_EQ(cudaGraphCreate(&graph_, 0), cudaSuccess);
  }
  void TearDown() override { cudaGetLastError(); }

  cudaStream_t stream_ = nullptr;
  cudaEvent_t event_ = nullptr;
  cudaGraph_t graph_ = nullptr;
};

TEST_F(Misuse, StreamDestroyedTwice) {
  EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamDestroy(nullptr), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamDestroy(cudaStreamPerThread), cudaErrorInvalidResourceHandle);
}

TEST_F(Misuse, StreamUsedAfterItsEnd) {
  EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
  cudaStream_t next = nullptr;
  EXPECT_EQ(cudaStreamCreate(&next), cudaSuccess);
  EXPECT_NE(next, stream_) << "handles are never given twice";
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamQuery(stream_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaLaunchHostFunc(stream_, nothing, nullptr), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventRecord(event_, stream_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeGlobal),
            cudaErrorInvalidResourceHandle);
}

TEST_F(Misuse, HandleThatNeverWas) {
  int object = 0;
  EXPECT_EQ(cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(&object)),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(event_)),
            cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventQuery(nullptr), cudaErrorInvalidResourceHandle);
}

TEST_F(Misuse, EventDestroyedTwice) {
  EXPECT_EQ(cudaEventDestroy(event_), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(event_), cudaErrorInvalidResourceHandle);
}

TEST_F(Misuse, WaitForADestroyedEvent) {
  EXPECT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(event_), cudaSuccess);
  EXPECT_EQ(cudaStreamWaitEvent(stream_, event_, 0), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventSynchronize(event_), cudaErrorInvalidResourceHandle);
}

TEST_F(Misuse, GraphUsedAfterItsEnd) {
  EXPECT_EQ(cudaGraphDestroy(graph_), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph_), cudaErrorInvalidValue);
  cudaGraphExec_t exec = nullptr;
  cudaGraphNode_t node = nullptr;
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph_, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphAddEmptyNode(&node, graph_, nullptr, 0), cudaErrorInvalidValue);
}

TEST_F(Misuse, NodeUsedAfterItsEndOrInAnotherGraph) {
  cudaGraphNode_t node = nullptr;
  cudaGraphNode_t second = nullptr;
  cudaGraph_t other = nullptr;
  ASSERT_EQ(cudaGraphCreate(&other, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&node, graph_, nullptr, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphAddEmptyNode(&second, other, &node, 1), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphDestroyNode(node), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroyNode(node), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphAddEmptyNode(&second, graph_, &node, 1), cudaErrorInvalidValue);
}

TEST_F(Misuse, InstanceUsedAfterItsEnd) {
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph_, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphLaunch(exec, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaErrorInvalidValue);
}

TEST_F(Misuse, CycleIsFoundWhenInstantiated) {
  cudaGraphNode_t nodes[2] = {};
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[0], graph_, nullptr, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[1], graph_, &nodes[0], 1), cudaSuccess);
  ASSERT_EQ(cudaGraphAddDependencies(graph_, &nodes[1], &nodes[0], nullptr, 1), cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph_, 0), cudaErrorInvalidValue);
  cudaGraphInstantiateParams params{};
  EXPECT_EQ(cudaGraphInstantiateWithParams(&exec, graph_, &params), cudaErrorInvalidValue);
  EXPECT_EQ(params.result_out, cudaGraphInstantiateInvalidStructure);
}

TEST_F(Misuse, DependencyTwiceOrNotThere) {
  cudaGraphNode_t nodes[2] = {};
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[0], graph_, nullptr, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[1], graph_, &nodes[0], 1), cudaSuccess);
  EXPECT_EQ(cudaGraphAddDependencies(graph_, &nodes[0], &nodes[1], nullptr, 1),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphRemoveDependencies(graph_, &nodes[0], &nodes[1], nullptr, 1), cudaSuccess);
  EXPECT_EQ(cudaGraphRemoveDependencies(graph_, &nodes[0], &nodes[1], nullptr, 1),
            cudaErrorInvalidValue);
}

TEST_F(Misuse, NullWhereAResultGoes) {
  EXPECT_EQ(cudaStreamCreate(nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaEventCreate(nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaLaunchHostFunc(stream_, nullptr, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, 0x40), cudaErrorInvalidValue);
}

TEST_F(Misuse, StreamDestroyedWhileItCaptures) {
  ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeGlobal), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream_, &graph), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess) << "no capture is left behind";
}

}  // namespace
