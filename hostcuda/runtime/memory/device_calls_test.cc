// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cudaMalloc and its kin, cudaFree, and how much is left.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace {

TEST(DeviceMemory, IsAlignedAndUsable) {
  for (const size_t size : {size_t{1}, size_t{255}, size_t{4096}, size_t{1} << 22}) {
    unsigned char* memory = nullptr;
    ASSERT_EQ(cudaMalloc(&memory, size), cudaSuccess);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 256, 0u);
    ASSERT_EQ(cudaMemset(memory, 7, size), cudaSuccess);
    unsigned char last = 0;
    ASSERT_EQ(cudaMemcpy(&last, memory + size - 1, 1, cudaMemcpyDeviceToHost), cudaSuccess);
    EXPECT_EQ(last, 7);
    EXPECT_EQ(cudaFree(memory), cudaSuccess);
  }
}

TEST(DeviceMemory, OfNoBytesIsNull) {
  void* memory = &memory;
  EXPECT_EQ(cudaMalloc(&memory, 0), cudaSuccess);
  EXPECT_EQ(memory, nullptr);
  EXPECT_EQ(cudaFree(nullptr), cudaSuccess);
}

TEST(DeviceMemory, BeyondTheMachineIsRefused) {
  void* memory = nullptr;
  size_t left = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&left, &total), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&memory, total + 1), cudaErrorMemoryAllocation);
  EXPECT_EQ(memory, nullptr);
  EXPECT_EQ(cudaMalloc(&memory, SIZE_MAX), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(cudaMalloc(static_cast<void**>(nullptr), 1), cudaErrorInvalidValue);
}

TEST(DeviceMemory, IsCounted) {
  size_t before = 0, during = 0, after = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  void* memory = nullptr;
  ASSERT_EQ(cudaMalloc(&memory, 1 << 20), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&during, &total), cudaSuccess);
  EXPECT_EQ(before - during, size_t{1} << 20);
  ASSERT_EQ(cudaFree(memory), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&after, &total), cudaSuccess);
  EXPECT_EQ(after, before);
  EXPECT_EQ(cudaMemGetInfo(nullptr, &total), cudaErrorInvalidValue);
}

TEST(DeviceMemory, ManagedIsReachedByTheHost) {
  int* numbers = nullptr;
  ASSERT_EQ(cudaMallocManaged(&numbers, 4 * sizeof(int)), cudaSuccess);
  for (int i = 0; i < 4; ++i) numbers[i] = i;
  int out[4] = {};
  ASSERT_EQ(cudaMemcpy(out, numbers, sizeof out, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out[3], 3);
  EXPECT_EQ(cudaFree(numbers), cudaSuccess);
  EXPECT_EQ(cudaMallocManaged(&numbers, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMallocManaged(&numbers, 4, 9), cudaErrorInvalidValue);
}

TEST(DeviceMemory, RowsAndBoxesHaveAlignedPitches) {
  char* rows = nullptr;
  size_t pitch = 0;
  ASSERT_EQ(cudaMallocPitch(&rows, &pitch, 300, 5), cudaSuccess);
  EXPECT_EQ(pitch, 512u);
  EXPECT_EQ(cudaMemset2D(rows, pitch, 1, 300, 5), cudaSuccess);
  EXPECT_EQ(cudaFree(rows), cudaSuccess);

  cudaPitchedPtr box = {};
  ASSERT_EQ(cudaMalloc3D(&box, make_cudaExtent(10, 4, 3)), cudaSuccess);
  EXPECT_EQ(box.pitch, 256u);
  EXPECT_EQ(box.xsize, 10u);
  EXPECT_EQ(box.ysize, 4u);
  EXPECT_EQ(cudaMemset3D(box, 2, make_cudaExtent(10, 4, 3)), cudaSuccess);
  EXPECT_EQ(cudaFree(box.ptr), cudaSuccess);
  EXPECT_EQ(cudaMallocPitch(&rows, &pitch, SIZE_MAX / 2, 4), cudaErrorMemoryAllocation);
}

}  // namespace
