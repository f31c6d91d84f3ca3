// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A program linked with version 12 of the library gets the forms of version 12.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

extern "C" {
cudaError_t get_edges_of_12(cudaGraph_t, cudaGraphNode_t*, cudaGraphNode_t*, size_t*);
cudaError_t add_dependencies_of_12(cudaGraph_t, const cudaGraphNode_t*, const cudaGraphNode_t*,
                                   size_t);
cudaError_t get_dependencies_of_12(cudaGraphNode_t, cudaGraphNode_t*, size_t*);
cudaError_t get_dependents_of_12(cudaGraphNode_t, cudaGraphNode_t*, size_t*);
cudaError_t capture_info_of_12(cudaStream_t, cudaStreamCaptureStatus*, unsigned long long*);
cudaError_t cudaStreamGetCaptureInfo_v2(cudaStream_t, cudaStreamCaptureStatus*, unsigned long long*,
                                        cudaGraph_t*, const cudaGraphNode_t**, size_t*);
}
__asm__(".symver get_edges_of_12, cudaGraphGetEdges@libcudart.so.12");
__asm__(".symver add_dependencies_of_12, cudaGraphAddDependencies@libcudart.so.12");
__asm__(".symver get_dependencies_of_12, cudaGraphNodeGetDependencies@libcudart.so.12");
__asm__(".symver get_dependents_of_12, cudaGraphNodeGetDependentNodes@libcudart.so.12");
__asm__(".symver capture_info_of_12, cudaStreamGetCaptureInfo@libcudart.so.12");

namespace {

TEST(Form12, EdgesHaveNoData) {
  cudaGraph_t graph = nullptr;
  cudaGraphNode_t nodes[2] = {};
  ASSERT_EQ(cudaGraphCreate(&graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[0], graph, nullptr, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphAddEmptyNode(&nodes[1], graph, nullptr, 0), cudaSuccess);
  EXPECT_EQ(add_dependencies_of_12(graph, &nodes[0], &nodes[1], 1), cudaSuccess);
  cudaGraphNode_t from = nullptr;
  cudaGraphNode_t to = nullptr;
  size_t count = 1;
  EXPECT_EQ(get_edges_of_12(graph, &from, &to, &count), cudaSuccess);
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(from, nodes[0]);
  EXPECT_EQ(to, nodes[1]);
  EXPECT_EQ(get_dependencies_of_12(nodes[1], &from, &count), cudaSuccess);
  EXPECT_EQ(from, nodes[0]);
  EXPECT_EQ(get_dependents_of_12(nodes[0], &to, &count), cudaSuccess);
  EXPECT_EQ(to, nodes[1]);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
}

TEST(Form12, CaptureInfoOfThreeAndOfSixParameters) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), cudaSuccess);
  auto status = cudaStreamCaptureStatusNone;
  unsigned long long ids[2] = {0, 1};
  EXPECT_EQ(capture_info_of_12(stream, &status, &ids[0]), cudaSuccess);
  EXPECT_EQ(status, cudaStreamCaptureStatusActive);
  cudaGraph_t seen = nullptr;
  size_t count = 1;
  EXPECT_EQ(cudaStreamGetCaptureInfo_v2(stream, &status, &ids[1], &seen, nullptr, &count),
            cudaSuccess);
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(count, 0U);
  cudaGraph_t graph = nullptr;
  EXPECT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(graph, seen);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

}  // namespace
