// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Host memory that the device may reach.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <vector>

namespace {

TEST(HostMemory, IsReachedByHostAndDevice) {
  int* numbers = nullptr;
  ASSERT_EQ(cudaMallocHost(&numbers, 64 * sizeof(int)), cudaSuccess);
  numbers[63] = 5;
  int* device = nullptr;
  ASSERT_EQ(cudaHostGetDevicePointer(&device, numbers, 0), cudaSuccess);
  EXPECT_EQ(device, numbers);
  int out = 0;
  EXPECT_EQ(cudaMemcpy(&out, device + 63, sizeof out, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, 5);
  EXPECT_EQ(cudaFreeHost(numbers), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(nullptr), cudaSuccess);
}

TEST(HostMemory, KeepsItsFlags) {
  void* memory = nullptr;
  ASSERT_EQ(cudaHostAlloc(&memory, 16, cudaHostAllocWriteCombined), cudaSuccess);
  unsigned int flags = 0;
  ASSERT_EQ(cudaHostGetFlags(&flags, memory), cudaSuccess);
  EXPECT_TRUE(flags & cudaHostAllocWriteCombined);
  EXPECT_TRUE(flags & cudaHostAllocMapped);
  EXPECT_EQ(cudaFreeHost(memory), cudaSuccess);
  EXPECT_EQ(cudaHostAlloc(&memory, 16, 0x100), cudaErrorInvalidValue);
}

TEST(HostMemory, IsRegisteredOnce) {
  std::vector<char> own(1000);
  ASSERT_EQ(cudaHostRegister(own.data(), own.size(), cudaHostRegisterDefault), cudaSuccess);
  EXPECT_EQ(cudaHostRegister(own.data(), own.size(), 0), cudaErrorHostMemoryAlreadyRegistered);
  EXPECT_EQ(cudaHostRegister(own.data() + 500, 1, 0), cudaErrorHostMemoryAlreadyRegistered);
  cudaPointerAttributes known = {};
  ASSERT_EQ(cudaPointerGetAttributes(&known, own.data() + 10), cudaSuccess);
  EXPECT_EQ(known.type, cudaMemoryTypeHost);
  EXPECT_EQ(cudaHostUnregister(own.data()), cudaSuccess);
  EXPECT_EQ(cudaHostUnregister(own.data()), cudaErrorHostMemoryNotRegistered);
  ASSERT_EQ(cudaPointerGetAttributes(&known, own.data()), cudaSuccess);
  EXPECT_EQ(known.type, cudaMemoryTypeUnregistered);
}

TEST(HostMemory, UnknownHasNoDevicePointer) {
  int own = 0;
  int* device = nullptr;
  EXPECT_EQ(cudaHostGetDevicePointer(&device, &own, 0), cudaErrorInvalidValue);
  unsigned int flags = 0;
  EXPECT_EQ(cudaHostGetFlags(&flags, &own), cudaErrorInvalidValue);
  EXPECT_EQ(cudaHostRegister(nullptr, 4, 0), cudaErrorInvalidValue);
}

}  // namespace
