// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory with a limit of its own and with poison, as HOSTCUDA_MEMORY and HOSTCUDA_POISON ask for.
#include <cuda_runtime.h>
#include <gtest/gtest.h>
#include <hostcuda.h>

#include <cmath>
#include <cstdlib>

namespace {

// Before the first call of the runtime, which reads them once.
const bool asked =
    setenv("HOSTCUDA_POISON", "1", 1) == 0 && setenv("HOSTCUDA_MEMORY", "4M", 1) == 0;

TEST(Poison, FreshMemoryIsNaN) {
  ASSERT_TRUE(asked);
  float* numbers = nullptr;
  ASSERT_EQ(cudaMalloc(&numbers, 1024), cudaSuccess);
  float first = 0;
  ASSERT_EQ(cudaMemcpy(&first, numbers, sizeof first, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_TRUE(std::isnan(first));
  EXPECT_EQ(cudaFree(numbers), cudaSuccess);
}

TEST(Poison, FreedMemoryServesNobodyForAWhile) {
  void *first = nullptr, *second = nullptr;
  ASSERT_EQ(cudaMalloc(&first, 1024), cudaSuccess);
  ASSERT_EQ(cudaFree(first), cudaSuccess);
  ASSERT_EQ(cudaMalloc(&second, 1024), cudaSuccess);
  EXPECT_NE(first, second);
  EXPECT_EQ(cudaMemset(first, 0, 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(second), cudaSuccess);
}

TEST(Poison, AGraphsMemoryIsPoisonedBetweenLaunches) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  float *numbers = nullptr, *seen = nullptr;
  ASSERT_EQ(cudaMallocHost(&seen, sizeof(float)), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), cudaSuccess);
  ASSERT_EQ(cudaMallocAsync(&numbers, 64, stream), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(seen, numbers, sizeof(float), cudaMemcpyDeviceToHost, stream),
            cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(numbers, 0, 64, stream), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(numbers, stream), cudaSuccess);
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  for (int i = 0; i < 2; ++i) {
    *seen = 0;
    ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    EXPECT_TRUE(std::isnan(*seen));
  }
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(seen), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Limit, IsTheDevicesMemory) {
  size_t left = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&left, &total), cudaSuccess);
  EXPECT_EQ(total, size_t{4} << 20);
  void *most = nullptr, *more = nullptr;
  ASSERT_EQ(cudaMalloc(&most, left), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&more, 1), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaMallocHost(&more, 1), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaFree(most), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&more, 1), cudaSuccess);
  EXPECT_EQ(cudaFree(more), cudaSuccess);
}

}  // namespace
