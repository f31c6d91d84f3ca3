// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory: taken by one interface and used by the other, copied, filled, pooled, asked about.
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

/// Device memory of `bytes` that goes with its owner.
struct Memory {
  explicit Memory(size_t bytes) { EXPECT_EQ(cuMemAlloc(&pointer, bytes), CUDA_SUCCESS); }
  ~Memory() { EXPECT_EQ(cuMemFree(pointer), CUDA_SUCCESS); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  template <typename Element>
  std::vector<Element> read(size_t count) const {
    std::vector<Element> values(count);
    EXPECT_EQ(cuMemcpyDtoH(values.data(), pointer, count * sizeof(Element)), CUDA_SUCCESS);
    return values;
  }

  CUdeviceptr pointer = 0;
};

TEST(DriverMemory, IsTheRuntimesMemory) {
  void* made = nullptr;
  ASSERT_EQ(cudaMalloc(&made, 64), cudaSuccess);
  EXPECT_EQ(cuMemFree(reinterpret_cast<CUdeviceptr>(made)), CUDA_SUCCESS);
  CUdeviceptr pointer = 0;
  ASSERT_EQ(cuMemAlloc(&pointer, 64), CUDA_SUCCESS);
  EXPECT_EQ(pointer % 256, 0U);
  EXPECT_EQ(cudaFree(reinterpret_cast<void*>(pointer)), cudaSuccess);
  size_t free_bytes = 0;
  size_t total = 0;
  ASSERT_EQ(cuMemGetInfo(&free_bytes, &total), CUDA_SUCCESS);
  EXPECT_LE(free_bytes, total);
}

TEST(DriverMemory, MisuseIsTold) {
  CUdeviceptr pointer = 0;
  EXPECT_EQ(cuMemAlloc(&pointer, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemAlloc(nullptr, 16), CUDA_ERROR_INVALID_VALUE);
  ASSERT_EQ(cuMemAlloc(&pointer, 16), CUDA_SUCCESS);
  ASSERT_EQ(cuMemFree(pointer), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree(pointer), CUDA_ERROR_INVALID_VALUE);
  int on_stack = 0;
  EXPECT_EQ(cuMemFreeHost(&on_stack), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemFree(0), CUDA_SUCCESS);
}

TEST(DriverMemory, CopiesThereAndBack) {
  std::array<int, 100> numbers{};
  std::iota(numbers.begin(), numbers.end(), 1);
  const Memory one(sizeof numbers);
  const Memory two(sizeof numbers);
  ASSERT_EQ(cuMemcpyHtoD(one.pointer, numbers.data(), sizeof numbers), CUDA_SUCCESS);
  ASSERT_EQ(cuMemcpyDtoD(two.pointer, one.pointer, sizeof numbers), CUDA_SUCCESS);
  EXPECT_EQ(two.read<int>(100), std::vector<int>(numbers.begin(), numbers.end()));
  ASSERT_EQ(cuMemcpyHtoDAsync(one.pointer, numbers.data() + 50, 200, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuMemcpyAsync(two.pointer, one.pointer, 200, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(two.read<int>(50), std::vector<int>(numbers.begin() + 50, numbers.end()));
}

TEST(DriverMemory, CopiesRowsAndBoxes) {
  const std::array<std::uint8_t, 12> picture{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // 3 rows of 4
  const Memory padded(24);
  CUDA_MEMCPY2D rows{};
  rows.srcMemoryType = CU_MEMORYTYPE_HOST;
  rows.srcHost = picture.data();
  rows.srcPitch = 4;
  rows.srcXInBytes = 1;
  rows.dstMemoryType = CU_MEMORYTYPE_DEVICE;
  rows.dstDevice = padded.pointer;
  rows.dstPitch = 8;
  rows.WidthInBytes = 2;
  rows.Height = 3;
  ASSERT_EQ(cuMemsetD8(padded.pointer, 0, 24), CUDA_SUCCESS);
  ASSERT_EQ(cuMemcpy2D(&rows), CUDA_SUCCESS);
  EXPECT_EQ(padded.read<std::uint8_t>(24),
            (std::vector<std::uint8_t>{2, 3, 0, 0, 0,  0,  0, 0, 6, 7, 0, 0,
                                       0, 0, 0, 0, 10, 11, 0, 0, 0, 0, 0, 0}));
  rows.dstMemoryType = CU_MEMORYTYPE_ARRAY;
  EXPECT_EQ(cuMemcpy2D(&rows), CUDA_ERROR_NOT_SUPPORTED);

  std::array<std::uint8_t, 4> taken{};
  CUDA_MEMCPY3D box{};  // the last two bytes of rows 0 and 1 of the second slice of 1 × 2 × 3
  box.srcMemoryType = CU_MEMORYTYPE_HOST;
  box.srcHost = picture.data();
  box.srcPitch = 3;
  box.srcHeight = 2;
  box.srcZ = 1;
  box.srcXInBytes = 1;
  box.dstMemoryType = CU_MEMORYTYPE_HOST;
  box.dstHost = taken.data();
  box.dstPitch = 2;
  box.dstHeight = 2;
  box.WidthInBytes = 2;
  box.Height = 2;
  box.Depth = 1;
  ASSERT_EQ(cuMemcpy3D(&box), CUDA_SUCCESS);
  EXPECT_EQ(taken, (std::array<std::uint8_t, 4>{8, 9, 11, 12}));
}

TEST(DriverMemory, FillsElementsOfEachSize) {
  const Memory memory(32);
  ASSERT_EQ(cuMemsetD32(memory.pointer, 0x01020304, 8), CUDA_SUCCESS);
  ASSERT_EQ(cuMemsetD16(memory.pointer, 0x0506, 2), CUDA_SUCCESS);
  ASSERT_EQ(cuMemsetD8(memory.pointer + 31, 9, 1), CUDA_SUCCESS);
  EXPECT_EQ(memory.read<std::uint32_t>(3),
            (std::vector<std::uint32_t>{0x05060506, 0x01020304, 0x01020304}));
  EXPECT_EQ(memory.read<std::uint8_t>(32).back(), 9);
  ASSERT_EQ(cuMemsetD2D32Async(memory.pointer, 16, 7, 1, 2, CU_STREAM_PER_THREAD), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamSynchronize(CU_STREAM_PER_THREAD), CUDA_SUCCESS);
  const auto words = memory.read<std::uint32_t>(5);
  EXPECT_EQ(words[0], 7U);
  EXPECT_EQ(words[1], 0x01020304U);
  EXPECT_EQ(words[4], 7U);
  EXPECT_EQ(cuMemsetD32(memory.pointer + 2, 0, 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD2D16(memory.pointer, 2, 0, 4, 2), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD32(memory.pointer, 0, 1 << 20), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD8(memory.pointer, 0, 33), CUDA_ERROR_INVALID_VALUE);
}

TEST(DriverMemory, HostMemoryIsReached) {
  void* host = nullptr;
  ASSERT_EQ(cuMemHostAlloc(&host, 64, CU_MEMHOSTALLOC_DEVICEMAP), CUDA_SUCCESS);
  CUdeviceptr device = 0;
  ASSERT_EQ(cuMemHostGetDevicePointer(&device, host, 0), CUDA_SUCCESS);
  EXPECT_NE(device, 0U);
  unsigned int flags = 0;
  EXPECT_EQ(cuMemHostGetFlags(&flags, host), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeHost(host), CUDA_SUCCESS);
  std::vector<char> own(4096);
  ASSERT_EQ(cuMemHostRegister(own.data(), own.size(), 0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostRegister(own.data(), own.size(), 0),
            CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
  EXPECT_EQ(cuMemHostUnregister(own.data()), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostUnregister(own.data()), CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
}

TEST(DriverMemory, PoolsAreTheRuntimes) {
  CUmemoryPool pool = nullptr;
  ASSERT_EQ(cuDeviceGetDefaultMemPool(&pool, 0), CUDA_SUCCESS);
  cudaMemPool_t same = nullptr;
  ASSERT_EQ(cudaDeviceGetDefaultMemPool(&same, 0), cudaSuccess);
  EXPECT_EQ(pool, same);
  CUdeviceptr pointer = 0;
  ASSERT_EQ(cuMemAllocAsync(&pointer, 1000, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamSynchronize(nullptr), CUDA_SUCCESS);
  cuuint64_t used = 0;
  ASSERT_EQ(cuMemPoolGetAttribute(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT, &used), CUDA_SUCCESS);
  EXPECT_GE(used, 1000U);
  EXPECT_EQ(cuMemFreeAsync(pointer, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuMemPoolTrimTo(pool, 0), CUDA_SUCCESS);
}

TEST(DriverMemory, TellsWhatAPointerIs) {
  const Memory memory(64);
  unsigned int kind = 0;
  ASSERT_EQ(cuPointerGetAttribute(&kind, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, memory.pointer + 8),
            CUDA_SUCCESS);
  EXPECT_EQ(kind, static_cast<unsigned int>(CU_MEMORYTYPE_DEVICE));
  unsigned int managed = 9;
  int ordinal = 9;
  std::array attributes{CU_POINTER_ATTRIBUTE_IS_MANAGED, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL};
  std::array<void*, 2> answers{&managed, &ordinal};
  ASSERT_EQ(cuPointerGetAttributes(2, attributes.data(), answers.data(), memory.pointer),
            CUDA_SUCCESS);
  EXPECT_EQ(managed, 0U);
  EXPECT_EQ(ordinal, 0);
  int on_stack = 0;
  const auto unknown = reinterpret_cast<CUdeviceptr>(&on_stack);
  EXPECT_EQ(cuPointerGetAttribute(&kind, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, unknown),
            CUDA_ERROR_INVALID_VALUE);
  ASSERT_EQ(cuPointerGetAttributes(2, attributes.data(), answers.data(), unknown), CUDA_SUCCESS);
  EXPECT_EQ(ordinal, CU_DEVICE_INVALID);
}

}  // namespace
