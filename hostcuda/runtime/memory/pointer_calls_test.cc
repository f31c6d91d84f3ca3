// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is known of a pointer, and hints for managed memory.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

namespace {

cudaPointerAttributes known_of(const void* pointer) {
  cudaPointerAttributes known = {};
  EXPECT_EQ(cudaPointerGetAttributes(&known, pointer), cudaSuccess);
  return known;
}

TEST(Pointer, TellsWhereItPoints) {
  char *device = nullptr, *managed = nullptr, *host = nullptr;
  char own = 0;
  ASSERT_EQ(cudaMalloc(&device, 64), cudaSuccess);
  ASSERT_EQ(cudaMallocManaged(&managed, 64), cudaSuccess);
  ASSERT_EQ(cudaMallocHost(&host, 64), cudaSuccess);
  EXPECT_EQ(known_of(device + 63).type, cudaMemoryTypeDevice);
  EXPECT_EQ(known_of(device + 63).devicePointer, device + 63);
  EXPECT_EQ(known_of(device).hostPointer, nullptr);
  EXPECT_EQ(known_of(managed).type, cudaMemoryTypeManaged);
  EXPECT_EQ(known_of(managed).hostPointer, managed);
  EXPECT_EQ(known_of(host).type, cudaMemoryTypeHost);
  EXPECT_EQ(known_of(host).devicePointer, host);
  EXPECT_EQ(known_of(&own).type, cudaMemoryTypeUnregistered);
  EXPECT_EQ(known_of(&own).devicePointer, nullptr);
  EXPECT_EQ(cudaPointerGetAttributes(nullptr, host), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(device), cudaSuccess);
  EXPECT_EQ(cudaFree(managed), cudaSuccess);
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
}

TEST(Pointer, LeavesTheRoomOfOlderStructuresAlone) {
  cudaPointerAttributes known = {};
  known.reserved[0] = 77;
  ASSERT_EQ(cudaPointerGetAttributes(&known, &known), cudaSuccess);
  EXPECT_EQ(known.reserved[0], 77);
}

TEST(Hints, AreKeptForManagedMemory) {
  char* managed = nullptr;
  ASSERT_EQ(cudaMallocManaged(&managed, 4096), cudaSuccess);
  const cudaMemLocation device = {cudaMemLocationTypeDevice, 0};
  const cudaMemLocation host = {cudaMemLocationTypeHost, 0};
  ASSERT_EQ(cudaMemAdvise(managed, 4096, cudaMemAdviseSetReadMostly, device), cudaSuccess);
  ASSERT_EQ(cudaMemAdvise(managed, 4096, cudaMemAdviseSetPreferredLocation, host), cudaSuccess);
  ASSERT_EQ(cudaMemPrefetchAsync(managed, 4096, device, 0), cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  int value = -5;
  const auto ask = [&](cudaMemRangeAttribute attribute) {
    EXPECT_EQ(cudaMemRangeGetAttribute(&value, sizeof value, attribute, managed, 4096),
              cudaSuccess);
    return value;
  };
  EXPECT_EQ(ask(cudaMemRangeAttributeReadMostly), 1);
  EXPECT_EQ(ask(cudaMemRangeAttributePreferredLocation), cudaCpuDeviceId);
  EXPECT_EQ(ask(cudaMemRangeAttributeLastPrefetchLocation), 0);
  EXPECT_EQ(ask(cudaMemRangeAttributePreferredLocationType), cudaMemLocationTypeHost);
  EXPECT_EQ(cudaFree(managed), cudaSuccess);
}

TEST(Hints, AreRefusedForOtherMemory) {
  char* device = nullptr;
  ASSERT_EQ(cudaMalloc(&device, 64), cudaSuccess);
  const cudaMemLocation here = {cudaMemLocationTypeDevice, 0};
  EXPECT_EQ(cudaMemPrefetchAsync(device, 64, here, 0), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemAdvise(device, 64, cudaMemAdviseSetReadMostly, here), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(device), cudaSuccess);
}

}  // namespace
