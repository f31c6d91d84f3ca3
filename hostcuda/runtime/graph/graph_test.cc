// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

/// Host nodes that write down in which order they ran.
struct Step {
  std::string* log = nullptr;
  char name = 0;
};
void write(void* data) {
  const auto& step = *static_cast<Step*>(data);
  step.log->push_back(step.name);
}
void count(void* data) { ++*static_cast<int*>(data); }

class Graph : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaGraphCreate(&graph_, 0), cudaSuccess);
    ASSERT_EQ(cudaStreamCreate(&stream_), cudaSuccess);
  }
  void TearDown() override {
    if (exec_ != nullptr) {
      EXPECT_EQ(cudaGraphExecDestroy(exec_), cudaSuccess);
    }
    EXPECT_EQ(cudaGraphDestroy(graph_), cudaSuccess);
    EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess);
    cudaGetLastError();
  }

  cudaGraphNode_t host(Step& step, const std::vector<cudaGraphNode_t>& after, cudaGraph_t graph) {
    const cudaHostNodeParams params{write, &step};
    cudaGraphNode_t node = nullptr;
    EXPECT_EQ(cudaGraphAddHostNode(&node, graph, after.data(), after.size(), &params), cudaSuccess);
    return node;
  }
  cudaGraphNode_t host(Step& step, const std::vector<cudaGraphNode_t>& after = {}) {
    return host(step, after, graph_);
  }
  void instantiate() { ASSERT_EQ(cudaGraphInstantiate(&exec_, graph_, 0), cudaSuccess); }
  void run() {
    ASSERT_EQ(cudaGraphLaunch(exec_, stream_), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  }

  std::string log_;
  Step a_{&log_, 'a'};
  Step b_{&log_, 'b'};
  Step c_{&log_, 'c'};
  Step d_{&log_, 'd'};
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t exec_ = nullptr;
  cudaStream_t stream_ = nullptr;
};

TEST_F(Graph, RunsNodesBehindWhatTheyDependOn) {
  const cudaGraphNode_t d = host(d_);
  const cudaGraphNode_t a = host(a_);
  const cudaGraphNode_t b = host(b_, {a});
  const cudaGraphNode_t c = host(c_, {b});
  ASSERT_EQ(cudaGraphAddDependencies(graph_, &c, &d, nullptr, 1), cudaSuccess);
  instantiate();
  run();
  EXPECT_EQ(log_, "abcd");
  run();
  EXPECT_EQ(log_, "abcdabcd");
}

TEST_F(Graph, Structure) {
  const cudaGraphNode_t a = host(a_);
  const cudaGraphNode_t b = host(b_);
  const cudaGraphNode_t c = host(c_, {a, b});
  size_t number = 0;
  EXPECT_EQ(cudaGraphGetRootNodes(graph_, nullptr, &number), cudaSuccess);
  EXPECT_EQ(number, 2U);
  cudaGraphNode_t list[4] = {};
  number = 4;
  EXPECT_EQ(cudaGraphGetNodes(graph_, list, &number), cudaSuccess);
  EXPECT_EQ(number, 3U);
  EXPECT_EQ(list[2], c);
  EXPECT_EQ(list[3], nullptr);
  number = 4;
  EXPECT_EQ(cudaGraphNodeGetDependencies(c, list, nullptr, &number), cudaSuccess);
  EXPECT_EQ(number, 2U);
  number = 4;
  EXPECT_EQ(cudaGraphNodeGetDependentNodes(b, list, nullptr, &number), cudaSuccess);
  EXPECT_EQ(number, 1U);
  EXPECT_EQ(list[0], c);
  cudaGraphNode_t from[2] = {};
  cudaGraphNode_t to[2] = {};
  number = 2;
  EXPECT_EQ(cudaGraphGetEdges(graph_, from, to, nullptr, &number), cudaSuccess);
  EXPECT_EQ(from[0], a);
  EXPECT_EQ(to[1], c);
  EXPECT_EQ(cudaGraphDestroyNode(a), cudaSuccess);
  EXPECT_EQ(cudaGraphGetEdges(graph_, nullptr, nullptr, nullptr, &number), cudaSuccess);
  EXPECT_EQ(number, 1U);
  auto type = cudaGraphNodeTypeCount;
  EXPECT_EQ(cudaGraphNodeGetType(c, &type), cudaSuccess);
  EXPECT_EQ(type, cudaGraphNodeTypeHost);
}

TEST_F(Graph, ParametersAreGivenBackAndChanged) {
  const cudaGraphNode_t a = host(a_);
  cudaHostNodeParams params{};
  EXPECT_EQ(cudaGraphHostNodeGetParams(a, &params), cudaSuccess);
  EXPECT_EQ(params.userData, &a_);
  params.userData = &b_;
  EXPECT_EQ(cudaGraphHostNodeSetParams(a, &params), cudaSuccess);
  instantiate();
  run();
  EXPECT_EQ(log_, "b");
  params.userData = &c_;
  EXPECT_EQ(cudaGraphExecHostNodeSetParams(exec_, a, &params), cudaSuccess);
  run();
  EXPECT_EQ(log_, "bc");
  cudaMemsetParams fill{};
  EXPECT_EQ(cudaGraphMemsetNodeGetParams(a, &fill), cudaErrorInvalidValue) << "of another kind";
}

TEST_F(Graph, CopiesAndFills) {
  std::vector<int> from = {1, 2, 3, 4};
  std::vector<int> to(4);
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 16), cudaSuccess);
  cudaGraphNode_t in = nullptr;
  cudaGraphNode_t fill = nullptr;
  cudaGraphNode_t out = nullptr;
  ASSERT_EQ(cudaGraphAddMemcpyNode1D(&in, graph_, nullptr, 0, memory, from.data(), 16,
                                     cudaMemcpyHostToDevice),
            cudaSuccess);
  cudaMemsetParams params{};
  params.dst = memory;
  params.value = 7;
  params.elementSize = 4;
  params.width = 2;
  params.height = 1;
  ASSERT_EQ(cudaGraphAddMemsetNode(&fill, graph_, &in, 1, &params), cudaSuccess);
  ASSERT_EQ(cudaGraphAddMemcpyNode1D(&out, graph_, &fill, 1, to.data(), memory, 16,
                                     cudaMemcpyDeviceToHost),
            cudaSuccess);
  instantiate();
  run();
  EXPECT_EQ(to, (std::vector<int>{7, 7, 3, 4}));
  params.value = 9;
  EXPECT_EQ(cudaGraphExecMemsetNodeSetParams(exec_, fill, &params), cudaSuccess);
  run();
  EXPECT_EQ(to, (std::vector<int>{9, 9, 3, 4}));
  EXPECT_EQ(cudaGraphNodeSetEnabled(exec_, fill, 0), cudaSuccess);
  unsigned int enabled = 1;
  EXPECT_EQ(cudaGraphNodeGetEnabled(exec_, fill, &enabled), cudaSuccess);
  EXPECT_EQ(enabled, 0U);
  run();
  EXPECT_EQ(to, from);
  cudaMemcpy3DParms copy{};
  EXPECT_EQ(cudaGraphMemcpyNodeGetParams(in, &copy), cudaSuccess);
  EXPECT_EQ(copy.extent.width, 16U);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
}

TEST_F(Graph, ChildrenAreCopies) {
  cudaGraph_t child = nullptr;
  ASSERT_EQ(cudaGraphCreate(&child, 0), cudaSuccess);
  const cudaGraphNode_t inner = host(b_, {}, child);
  const cudaGraphNode_t a = host(a_);
  cudaGraphNode_t node = nullptr;
  ASSERT_EQ(cudaGraphAddChildGraphNode(&node, graph_, &a, 1, child), cudaSuccess);
  host(c_, {node});
  cudaGraph_t copy = nullptr;
  cudaGraphNode_t copied = nullptr;
  ASSERT_EQ(cudaGraphChildGraphNodeGetGraph(node, &copy), cudaSuccess);
  EXPECT_NE(copy, child);
  EXPECT_EQ(cudaGraphNodeFindInClone(&copied, inner, copy), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(copy), cudaErrorInvalidValue) << "the node's own";
  instantiate();
  run();
  EXPECT_EQ(log_, "abc");
  cudaHostNodeParams params{write, &d_};
  EXPECT_EQ(cudaGraphHostNodeSetParams(inner, &params), cudaSuccess);
  EXPECT_EQ(cudaGraphExecChildGraphNodeSetParams(exec_, node, child), cudaSuccess);
  run();
  EXPECT_EQ(log_, "abcadc");
  EXPECT_EQ(cudaGraphDestroy(child), cudaSuccess);
}

TEST_F(Graph, Clone) {
  const cudaGraphNode_t a = host(a_);
  host(b_, {a});
  cudaGraph_t copy = nullptr;
  ASSERT_EQ(cudaGraphClone(&copy, graph_), cudaSuccess);
  cudaGraphNode_t twin = nullptr;
  ASSERT_EQ(cudaGraphNodeFindInClone(&twin, a, copy), cudaSuccess);
  EXPECT_NE(twin, a);
  EXPECT_EQ(cudaGraphDestroyNode(a), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiateWithFlags(&exec_, copy, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(copy), cudaSuccess);
  run();
  EXPECT_EQ(log_, "ab");
}

TEST_F(Graph, EventsAreRecordedAndAwaited) {
  cudaEvent_t before = nullptr;
  cudaEvent_t after = nullptr;
  ASSERT_EQ(cudaEventCreate(&before), cudaSuccess);
  ASSERT_EQ(cudaEventCreate(&after), cudaSuccess);
  cudaGraphNode_t nodes[3] = {};
  ASSERT_EQ(cudaGraphAddEventWaitNode(&nodes[0], graph_, nullptr, 0, before), cudaSuccess);
  nodes[1] = host(b_, {nodes[0]});
  ASSERT_EQ(cudaGraphAddEventRecordNode(&nodes[2], graph_, &nodes[1], 1, after), cudaSuccess);
  cudaEvent_t got = nullptr;
  EXPECT_EQ(cudaGraphEventWaitNodeGetEvent(nodes[0], &got), cudaSuccess);
  EXPECT_EQ(got, before);
  instantiate();
  cudaStream_t first = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&first, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(first, write, &a_), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(before, first), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec_, stream_), cudaSuccess);
  EXPECT_EQ(cudaEventSynchronize(after), cudaSuccess);
  EXPECT_EQ(log_, "ab");
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, before, after), cudaSuccess);
  EXPECT_GE(milliseconds, 0);
  EXPECT_EQ(cudaStreamDestroy(first), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(before), cudaSuccess);
  EXPECT_EQ(cudaEventDestroy(after), cudaSuccess);
}

TEST_F(Graph, MemoryLivesFromAllocationToRelease) {
  cudaMemAllocNodeParams params{};
  params.poolProps.allocType = cudaMemAllocationTypePinned;
  params.poolProps.location = {cudaMemLocationTypeDevice, 0};
  params.bytesize = 64;
  cudaGraphNode_t nodes[4] = {};
  ASSERT_EQ(cudaGraphAddMemAllocNode(&nodes[0], graph_, nullptr, 0, &params), cudaSuccess);
  ASSERT_NE(params.dptr, nullptr);
  cudaMemsetParams fill{};
  fill.dst = params.dptr;
  fill.value = 5;
  fill.elementSize = 1;
  fill.width = 64;
  fill.height = 1;
  ASSERT_EQ(cudaGraphAddMemsetNode(&nodes[1], graph_, &nodes[0], 1, &fill), cudaSuccess);
  std::vector<char> out(64);
  ASSERT_EQ(cudaGraphAddMemcpyNode1D(&nodes[2], graph_, &nodes[1], 1, out.data(), params.dptr, 64,
                                     cudaMemcpyDeviceToHost),
            cudaSuccess);
  ASSERT_EQ(cudaGraphAddMemFreeNode(&nodes[3], graph_, &nodes[2], 1, params.dptr), cudaSuccess);
  cudaGraph_t copy = nullptr;
  EXPECT_EQ(cudaGraphClone(&copy, graph_), cudaErrorInvalidValue) << "memory is not copied";
  instantiate();
  cudaGraphExec_t second = nullptr;
  EXPECT_EQ(cudaGraphInstantiate(&second, graph_, 0), cudaErrorInvalidValue);
  for (int i = 0; i < 3; ++i) {
    run();
    EXPECT_EQ(out, std::vector<char>(64, 5));
    out.assign(64, 0);
  }
}

TEST_F(Graph, MemoryLeftIsFreedAtTheNextLaunchIfAsked) {
  cudaMemAllocNodeParams params{};
  params.poolProps.allocType = cudaMemAllocationTypePinned;
  params.poolProps.location = {cudaMemLocationTypeDevice, 0};
  params.bytesize = 64;
  cudaGraphNode_t node = nullptr;
  ASSERT_EQ(cudaGraphAddMemAllocNode(&node, graph_, nullptr, 0, &params), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&exec_, graph_, cudaGraphInstantiateFlagAutoFreeOnLaunch),
            cudaSuccess);
  run();
  run();
  EXPECT_EQ(cudaFreeAsync(params.dptr, stream_), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
}

TEST_F(Graph, NodesOfAnyKind) {
  cudaGraphNodeParams params{};
  params.type = cudaGraphNodeTypeHost;
  params.host.fn = write;
  params.host.userData = &a_;
  cudaGraphNode_t node = nullptr;
  ASSERT_EQ(cudaGraphAddNode(&node, graph_, nullptr, nullptr, 0, &params), cudaSuccess);
  params.host.userData = &b_;
  EXPECT_EQ(cudaGraphNodeSetParams(node, &params), cudaSuccess);
  instantiate();
  params.host.userData = &c_;
  EXPECT_EQ(cudaGraphExecNodeSetParams(exec_, node, &params), cudaSuccess);
  run();
  EXPECT_EQ(log_, "c");
  cudaGraphNodeParams other{};
  other.type = cudaGraphNodeTypeEmpty;
  EXPECT_EQ(cudaGraphNodeSetParams(node, &other), cudaErrorInvalidValue);
  other.type = cudaGraphNodeTypeConditional;
  EXPECT_EQ(cudaGraphAddNode(&node, graph_, nullptr, nullptr, 0, &other), cudaErrorNotSupported);
}

TEST_F(Graph, Draws) {
  const cudaGraphNode_t a = host(a_);
  host(b_, {a});
  const std::string path = testing::TempDir() + "hostcuda_graph.dot";
  ASSERT_EQ(cudaGraphDebugDotPrint(graph_, path.c_str(), cudaGraphDebugDotFlagsVerbose),
            cudaSuccess);
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find("digraph"), std::string::npos);
  EXPECT_NE(text.str().find("\"0\" -> \"1\""), std::string::npos);
  EXPECT_NE(text.str().find("HOST"), std::string::npos);
  std::remove(path.c_str());
  EXPECT_EQ(cudaGraphDebugDotPrint(graph_, "/nowhere/graph.dot", 0), cudaErrorOperatingSystem);
}

TEST_F(Graph, UserObjectsLiveAsLongAsGraphs) {
  int destroyed = 0;
  cudaUserObject_t object = nullptr;
  ASSERT_EQ(cudaUserObjectCreate(&object, &destroyed, count, 2, cudaUserObjectNoDestructorSync),
            cudaSuccess);
  ASSERT_EQ(cudaGraphRetainUserObject(graph_, object, 1, cudaGraphUserObjectMove), cudaSuccess);
  ASSERT_EQ(cudaUserObjectRetain(object, 1), cudaSuccess);
  EXPECT_EQ(cudaUserObjectRelease(object, 2), cudaSuccess);
  EXPECT_EQ(destroyed, 0);
  cudaGraph_t copy = nullptr;
  ASSERT_EQ(cudaGraphClone(&copy, graph_), cudaSuccess);
  EXPECT_EQ(cudaGraphReleaseUserObject(graph_, object, 1), cudaSuccess);
  EXPECT_EQ(cudaGraphReleaseUserObject(graph_, object, 1), cudaErrorInvalidValue);
  EXPECT_EQ(destroyed, 0);
  EXPECT_EQ(cudaGraphDestroy(copy), cudaSuccess);
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(cudaUserObjectRelease(object, 1), cudaErrorInvalidValue);
}

}  // namespace
