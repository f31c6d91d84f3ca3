// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace {

void increment(void* data) { ++*static_cast<std::atomic<int>*>(data); }
void nap(void*) { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }

/// Fails the test if two runs overlap.
void alone(void* data) {
  auto& running = *static_cast<std::atomic<int>*>(data);
  EXPECT_EQ(running++, 0);
  nap(nullptr);
  --running;
}

class Exec : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudaStreamCreate(&stream_), cudaSuccess); }
  void TearDown() override {
    EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
    cudaGetLastError();
  }

  /// A chain of host nodes; its last one is given out.
  cudaGraph_t chain(int length, cudaHostFn_t function, void* data, cudaGraphNode_t* last) {
    cudaGraph_t graph = nullptr;
    EXPECT_EQ(cudaGraphCreate(&graph, 0), cudaSuccess);
    const cudaHostNodeParams params{function, data};
    for (int i = 0; i < length; ++i) {
      const cudaGraphNode_t former = *last;
      EXPECT_EQ(cudaGraphAddHostNode(last, graph, &former, i == 0 ? 0 : 1, &params), cudaSuccess);
    }
    return graph;
  }

  cudaStream_t stream_ = nullptr;
  std::atomic<int> count_ = 0;
  cudaGraphNode_t last_ = nullptr;
};

TEST_F(Exec, AllFormsOfInstantiation) {
  const cudaGraph_t graph = chain(3, increment, &count_, &last_);
  cudaGraphExec_t execs[4] = {};
  EXPECT_EQ(cudaGraphInstantiate(&execs[0], graph, 0), cudaSuccess);
  EXPECT_EQ(
      cudaGraphInstantiateWithFlags(&execs[1], graph, cudaGraphInstantiateFlagUseNodePriority),
      cudaSuccess);
  cudaGraphInstantiateParams params{};
  params.flags = cudaGraphInstantiateFlagUpload;
  params.uploadStream = stream_;
  EXPECT_EQ(cudaGraphInstantiateWithParams(&execs[2], graph, &params), cudaSuccess);
  EXPECT_EQ(params.result_out, cudaGraphInstantiateSuccess);
  EXPECT_EQ(params.errNode_out, nullptr);
  char text[8] = {};
  EXPECT_EQ(cudaGraphInstantiate(&execs[3], graph, nullptr, text, sizeof text), cudaSuccess);
  unsigned long long flags = 0;
  EXPECT_EQ(cudaGraphExecGetFlags(execs[1], &flags), cudaSuccess);
  EXPECT_EQ(flags, cudaGraphInstantiateFlagUseNodePriority);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  for (const cudaGraphExec_t exec : execs) {
    EXPECT_EQ(cudaGraphUpload(exec, stream_), cudaSuccess);
    EXPECT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
    EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  }
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(count_, 12);
}

TEST_F(Exec, RefusedFlags) {
  const cudaGraph_t graph = chain(1, increment, &count_, &last_);
  cudaGraphExec_t exec = nullptr;
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph, 1ULL << 20), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph, cudaGraphInstantiateFlagUpload),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph, cudaGraphInstantiateFlagDeviceLaunch),
            cudaErrorNotSupported);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
}

TEST_F(Exec, DestroyedWhileItRuns) {
  const cudaGraph_t graph = chain(3, nap, nullptr, &last_);
  const cudaHostNodeParams params{increment, &count_};
  ASSERT_EQ(cudaGraphAddHostNode(&last_, graph, &last_, 1, &params), cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(count_, 1);
}

TEST_F(Exec, ObjectsOfALaunchThatRunsLiveOn) {
  const cudaGraph_t graph = chain(3, nap, nullptr, &last_);
  cudaUserObject_t object = nullptr;
  ASSERT_EQ(cudaUserObjectCreate(&object, &count_, increment, 1, cudaUserObjectNoDestructorSync),
            cudaSuccess);
  ASSERT_EQ(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove), cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(count_, 0);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(count_, 1);
}

TEST_F(Exec, ChangesDoNotReachALaunchThatRuns) {
  std::atomic<int> other = 0;
  const cudaGraph_t graph = chain(1, nap, nullptr, &last_);
  cudaHostNodeParams params{increment, &count_};
  ASSERT_EQ(cudaGraphAddHostNode(&last_, graph, &last_, 1, &params), cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
  params.userData = &other;
  EXPECT_EQ(cudaGraphExecHostNodeSetParams(exec, last_, &params), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(count_, 1);
  EXPECT_EQ(other, 0);
  ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(other, 1);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
}

TEST_F(Exec, LaunchesOfOneInstanceFollowEachOther) {
  cudaStream_t second = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking), cudaSuccess);
  const cudaGraph_t graph = chain(2, alone, &count_, &last_);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
    ASSERT_EQ(cudaGraphLaunch(exec, second), cudaSuccess);
  }
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(second), cudaSuccess);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
}

TEST_F(Exec, UpdateTakesOverTheSameShapeOnly) {
  std::atomic<int> other = 0;
  const cudaGraph_t graph = chain(3, increment, &count_, &last_);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  cudaGraphNode_t node = nullptr;
  const cudaGraph_t same = chain(3, increment, &other, &node);
  cudaGraphExecUpdateResultInfo info{};
  EXPECT_EQ(cudaGraphExecUpdate(exec, same, &info), cudaSuccess);
  EXPECT_EQ(info.result, cudaGraphExecUpdateSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(count_, 0);
  EXPECT_EQ(other, 3);

  const cudaGraph_t longer = chain(4, increment, &other, &node);
  EXPECT_EQ(cudaGraphExecUpdate(exec, longer, &info), cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(info.result, cudaGraphExecUpdateErrorTopologyChanged);

  const cudaGraph_t mixed = chain(2, increment, &other, &node);
  cudaGraphNode_t empty = nullptr;
  ASSERT_EQ(cudaGraphAddEmptyNode(&empty, mixed, &node, 1), cudaSuccess);
  EXPECT_EQ(cudaGraphExecUpdate(exec, mixed, &info), cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(info.result, cudaGraphExecUpdateErrorNodeTypeChanged);
  EXPECT_EQ(info.errorNode, empty);
  for (const cudaGraph_t each : {graph, same, longer, mixed}) {
    EXPECT_EQ(cudaGraphDestroy(each), cudaSuccess);
  }
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
}

}  // namespace
