// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The driver's start, its device and the names of its codes.
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace {

TEST(Driver, StartsWithoutFlags) {
  EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
  EXPECT_EQ(cuInit(1), CUDA_ERROR_INVALID_VALUE);
  int version = 0;
  ASSERT_EQ(cuDriverGetVersion(&version), CUDA_SUCCESS);
  EXPECT_GE(version, 12000);
  EXPECT_EQ(cuDriverGetVersion(nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST(Driver, HasOneDevice) {
  int count = 0;
  ASSERT_EQ(cuDeviceGetCount(&count), CUDA_SUCCESS);
  EXPECT_EQ(count, 1);
  CUdevice device = 9;
  ASSERT_EQ(cuDeviceGet(&device, 0), CUDA_SUCCESS);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cuDeviceGet(&device, 1), CUDA_ERROR_INVALID_DEVICE);
  EXPECT_EQ(cuDeviceGet(nullptr, 0), CUDA_ERROR_INVALID_VALUE);
}

TEST(Driver, TellsWhatTheRuntimeTells) {
  cudaDeviceProp properties{};
  ASSERT_EQ(cudaGetDeviceProperties(&properties, 0), cudaSuccess);
  char name[256] = {};
  ASSERT_EQ(cuDeviceGetName(name, sizeof name, 0), CUDA_SUCCESS);
  EXPECT_STREQ(name, properties.name);
  char cut[4] = {};
  ASSERT_EQ(cuDeviceGetName(cut, sizeof cut, 0), CUDA_SUCCESS);
  EXPECT_EQ(std::string(cut), std::string(properties.name).substr(0, 3));
  CUuuid uuid{};
  ASSERT_EQ(cuDeviceGetUuid(&uuid, 0), CUDA_SUCCESS);
  EXPECT_EQ(std::memcmp(uuid.bytes, properties.uuid.bytes, 16), 0);
  size_t bytes = 0;
  ASSERT_EQ(cuDeviceTotalMem(&bytes, 0), CUDA_SUCCESS);
  EXPECT_EQ(bytes, properties.totalGlobalMem);
  int major = 0;
  int minor = 0;
  ASSERT_EQ(cuDeviceComputeCapability(&major, &minor, 0), CUDA_SUCCESS);
  EXPECT_EQ(major * 10 + minor, 86);
  int warp = 0;
  ASSERT_EQ(cuDeviceGetAttribute(&warp, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 0), CUDA_SUCCESS);
  EXPECT_EQ(warp, properties.warpSize);
  CUdevprop oldest{};
  ASSERT_EQ(cuDeviceGetProperties(&oldest, 0), CUDA_SUCCESS);
  EXPECT_EQ(oldest.maxThreadsPerBlock, properties.maxThreadsPerBlock);
  EXPECT_EQ(oldest.SIMDWidth, warp);
}

TEST(Driver, RefusesADeviceThereIsNot) {
  size_t bytes = 0;
  EXPECT_EQ(cuDeviceTotalMem(&bytes, 7), CUDA_ERROR_INVALID_DEVICE);
  int value = 0;
  EXPECT_EQ(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, -1),
            CUDA_ERROR_INVALID_DEVICE);
  EXPECT_EQ(cuDeviceGetAttribute(&value, static_cast<CUdevice_attribute>(4000), 0),
            CUDA_ERROR_INVALID_VALUE);
}

TEST(Driver, FindsADeviceByItsBus) {
  char bus[32] = {};
  ASSERT_EQ(cuDeviceGetPCIBusId(bus, sizeof bus, 0), CUDA_SUCCESS);
  CUdevice device = 9;
  ASSERT_EQ(cuDeviceGetByPCIBusId(&device, bus), CUDA_SUCCESS);
  EXPECT_EQ(device, 0);
}

TEST(Driver, NamesItsCodes) {
  const char* name = nullptr;
  const char* text = nullptr;
  ASSERT_EQ(cuGetErrorName(CUDA_ERROR_INVALID_VALUE, &name), CUDA_SUCCESS);
  EXPECT_STREQ(name, "CUDA_ERROR_INVALID_VALUE");
  ASSERT_EQ(cuGetErrorString(CUDA_ERROR_INVALID_VALUE, &text), CUDA_SUCCESS);
  EXPECT_STREQ(text, cudaGetErrorString(cudaErrorInvalidValue));
  ASSERT_EQ(cuGetErrorString(CUDA_ERROR_CONTEXT_ALREADY_CURRENT, &text), CUDA_SUCCESS);
  EXPECT_STRNE(text, "");
  EXPECT_EQ(cuGetErrorName(static_cast<CUresult>(77777), &name), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(name, nullptr);
  EXPECT_EQ(cuGetErrorString(CUDA_SUCCESS, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST(Driver, LeavesTheRuntimesLastErrorAlone) {
  static_cast<void>(cudaGetLastError());
  CUdeviceptr pointer = 0;
  EXPECT_EQ(cuMemAlloc(&pointer, ~size_t{0} / 2), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

}  // namespace
