// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory in the order of a stream, and the pools it comes from.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace {

class OrderedMemory : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudaStreamCreate(&stream_), cudaSuccess); }
  void TearDown() override { EXPECT_EQ(cudaStreamDestroy(stream_), cudaSuccess); }

  std::uint64_t number(cudaMemPool_t pool, cudaMemPoolAttr attribute) {
    std::uint64_t value = 0;
    EXPECT_EQ(cudaMemPoolGetAttribute(pool, attribute, &value), cudaSuccess);
    return value;
  }

  cudaMemPool_t make_pool(size_t most = 0) {
    cudaMemPoolProps props = {};
    props.allocType = cudaMemAllocationTypePinned;
    props.location = {cudaMemLocationTypeDevice, 0};
    props.maxSize = most;
    cudaMemPool_t pool = nullptr;
    EXPECT_EQ(cudaMemPoolCreate(&pool, &props), cudaSuccess);
    return pool;
  }

  cudaStream_t stream_ = nullptr;
};

TEST_F(OrderedMemory, IsUsedBetweenItsCalls) {
  float* numbers = nullptr;
  ASSERT_EQ(cudaMallocAsync(&numbers, 1024 * sizeof(float), stream_), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(numbers, 0, 1024 * sizeof(float), stream_), cudaSuccess);
  float out = 1;
  ASSERT_EQ(cudaMemcpyAsync(&out, numbers + 1023, sizeof out, cudaMemcpyDeviceToHost, stream_),
            cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(numbers, stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(out, 0.0f);
}

TEST_F(OrderedMemory, ComesFromItsPoolAgain) {
  const cudaMemPool_t pool = make_pool();
  std::uint64_t keep = UINT64_MAX;
  ASSERT_EQ(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep), cudaSuccess);
  void *first = nullptr, *second = nullptr;
  ASSERT_EQ(cudaMallocFromPoolAsync(&first, 5000, pool, stream_), cudaSuccess);
  EXPECT_EQ(number(pool, cudaMemPoolAttrUsedMemCurrent), 5120u);
  ASSERT_EQ(cudaFreeAsync(first, stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(number(pool, cudaMemPoolAttrUsedMemCurrent), 0u);
  EXPECT_EQ(number(pool, cudaMemPoolAttrReservedMemCurrent), 5120u);
  ASSERT_EQ(cudaMallocAsync(&second, 4000, pool, stream_), cudaSuccess);
  EXPECT_EQ(second, first);
  ASSERT_EQ(cudaFreeAsync(second, stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  ASSERT_EQ(cudaMemPoolTrimTo(pool, 0), cudaSuccess);
  EXPECT_EQ(number(pool, cudaMemPoolAttrReservedMemCurrent), 0u);
  EXPECT_EQ(number(pool, cudaMemPoolAttrUsedMemHigh), 5120u);
  std::uint64_t zero = 0;
  ASSERT_EQ(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrUsedMemHigh, &zero), cudaSuccess);
  EXPECT_EQ(number(pool, cudaMemPoolAttrUsedMemHigh), 0u);
  EXPECT_EQ(cudaMemPoolDestroy(pool), cudaSuccess);
  EXPECT_EQ(cudaMemPoolDestroy(pool), cudaErrorInvalidValue);
}

TEST_F(OrderedMemory, StopsAtThePoolsLimit) {
  const cudaMemPool_t pool = make_pool(1 << 20);
  void *first = nullptr, *second = nullptr;
  ASSERT_EQ(cudaMallocFromPoolAsync(&first, 1 << 20, pool, stream_), cudaSuccess);
  EXPECT_EQ(cudaMallocFromPoolAsync(&second, 256, pool, stream_), cudaErrorMemoryAllocation);
  // The release is still queued, perhaps: the next allocation waits for it.
  ASSERT_EQ(cudaFreeAsync(first, stream_), cudaSuccess);
  ASSERT_EQ(cudaMallocFromPoolAsync(&second, 1 << 20, pool, stream_), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(second, stream_), cudaSuccess);
  // A pool that is destroyed early goes with its last memory.
  EXPECT_EQ(cudaMemPoolDestroy(pool), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
}

TEST_F(OrderedMemory, ManyStepsShareLittle) {
  size_t before = 0, after = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  for (int i = 0; i < 200; ++i) {
    void* memory = nullptr;
    ASSERT_EQ(cudaMallocAsync(&memory, 1000 + 10 * i, stream_), cudaSuccess);
    ASSERT_EQ(cudaMemsetAsync(memory, i, 1000 + 10 * i, stream_), cudaSuccess);
    ASSERT_EQ(cudaFreeAsync(memory, stream_), cudaSuccess);
  }
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&after, &total), cudaSuccess);
  EXPECT_EQ(after, before);
}

TEST_F(OrderedMemory, TheDevicesPoolCanBeChanged) {
  cudaMemPool_t first = nullptr, current = nullptr;
  ASSERT_EQ(cudaDeviceGetDefaultMemPool(&first, 0), cudaSuccess);
  const cudaMemPool_t own = make_pool();
  ASSERT_EQ(cudaDeviceSetMemPool(0, own), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetMemPool(&current, 0), cudaSuccess);
  EXPECT_EQ(current, own);
  void* memory = nullptr;
  ASSERT_EQ(cudaMallocAsync(&memory, 256, stream_), cudaSuccess);
  EXPECT_EQ(number(own, cudaMemPoolAttrUsedMemCurrent), 256u);
  ASSERT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaMemPoolDestroy(own), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetMemPool(&current, 0), cudaSuccess);
  EXPECT_EQ(current, first);
  EXPECT_EQ(cudaMemPoolDestroy(first), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetMemPool(&current, 1), cudaErrorInvalidDevice);
}

TEST_F(OrderedMemory, PoolsTellWhoHasAccess) {
  cudaMemPool_t pool = nullptr;
  ASSERT_EQ(cudaDeviceGetDefaultMemPool(&pool, 0), cudaSuccess);
  cudaMemLocation here = {cudaMemLocationTypeDevice, 0};
  cudaMemAccessFlags flags = cudaMemAccessFlagsProtNone;
  ASSERT_EQ(cudaMemPoolGetAccess(&flags, pool, &here), cudaSuccess);
  EXPECT_EQ(flags, cudaMemAccessFlagsProtReadWrite);
  const cudaMemAccessDesc none = {here, cudaMemAccessFlagsProtNone};
  EXPECT_EQ(cudaMemPoolSetAccess(pool, &none, 1), cudaErrorInvalidValue);
  int handle = 0;
  EXPECT_EQ(
      cudaMemPoolExportToShareableHandle(&handle, pool, cudaMemHandleTypePosixFileDescriptor, 0),
      cudaErrorNotSupported);
}

TEST_F(OrderedMemory, AGraphAllocatesAtEachLaunch) {
  int* numbers = nullptr;
  int* out = nullptr;
  ASSERT_EQ(cudaMallocHost(&out, sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeGlobal), cudaSuccess);
  ASSERT_EQ(cudaMallocAsync(&numbers, 1024, stream_), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(numbers, 1, 1024, stream_), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(out, numbers, sizeof(int), cudaMemcpyDeviceToHost, stream_),
            cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(numbers, stream_), cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream_, &graph), cudaSuccess);
  std::uint64_t reserved = 0, used = 0;
  ASSERT_EQ(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrReservedMemCurrent, &reserved),
            cudaSuccess);
  EXPECT_EQ(reserved, 1024u);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  for (int i = 0; i < 3; ++i) {
    *out = 0;
    ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    EXPECT_EQ(*out, 0x01010101);
  }
  ASSERT_EQ(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &used), cudaSuccess);
  EXPECT_EQ(used, 0u);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrReservedMemCurrent, &reserved),
            cudaSuccess);
  EXPECT_EQ(reserved, 0u);
  EXPECT_EQ(cudaFreeHost(out), cudaSuccess);
}

}  // namespace
