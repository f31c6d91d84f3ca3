// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one device: what it says of itself, its settings and its end.
#include <cuda_profiler_api.h>
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

extern "C" cudaError_t cudaGetDeviceProperties_v2(void* properties, int device);

namespace {

TEST(Device, IsOne) {
  int count = 0, device = -1;
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
  EXPECT_EQ(cudaSetDevice(1), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaGetDevice(&device), cudaSuccess);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaGetDeviceCount(nullptr), cudaErrorInvalidValue);
}

TEST(Device, TellsOfTheMachine) {
  cudaDeviceProp properties = {};
  ASSERT_EQ(cudaGetDeviceProperties(&properties, 0), cudaSuccess);
  EXPECT_STREQ(properties.name, "Tenon host device");
  EXPECT_EQ(properties.major, 8);
  EXPECT_EQ(properties.minor, 6);
  EXPECT_EQ(properties.warpSize, 32);
  EXPECT_GE(properties.multiProcessorCount, 1);
  EXPECT_LE(properties.multiProcessorCount, static_cast<int>(std::thread::hardware_concurrency()));
  size_t left = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&left, &total), cudaSuccess);
  EXPECT_EQ(properties.totalGlobalMem, total);
  EXPECT_EQ(cudaGetDeviceProperties(&properties, 3), cudaErrorInvalidDevice);
}

TEST(Device, AttributesAgreeWithProperties) {
  cudaDeviceProp properties = {};
  ASSERT_EQ(cudaGetDeviceProperties(&properties, 0), cudaSuccess);
  const auto ask = [](cudaDeviceAttr attribute) {
    int value = -1;
    EXPECT_EQ(cudaDeviceGetAttribute(&value, attribute, 0), cudaSuccess);
    return value;
  };
  EXPECT_EQ(ask(cudaDevAttrComputeCapabilityMajor), properties.major);
  EXPECT_EQ(ask(cudaDevAttrComputeCapabilityMinor), properties.minor);
  EXPECT_EQ(ask(cudaDevAttrMultiProcessorCount), properties.multiProcessorCount);
  EXPECT_EQ(ask(cudaDevAttrMaxSharedMemoryPerBlockOptin), 101376);
  EXPECT_EQ(ask(cudaDevAttrMemoryPoolsSupported), 1);
  EXPECT_EQ(ask(cudaDevAttrClusterLaunch), 0);
  int value = 0;
  EXPECT_EQ(cudaDeviceGetAttribute(&value, static_cast<cudaDeviceAttr>(0), 0),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 1), cudaErrorInvalidDevice);
}

TEST(Device, FillsTheStructureOfVersion12) {
  // 1032 bytes; the clock stands before the constant memory, and nothing is written beyond.
  std::vector<unsigned char> old(1032 + 16, 0xAB);
  ASSERT_EQ(cudaGetDeviceProperties_v2(old.data(), 0), cudaSuccess);
  EXPECT_STREQ(reinterpret_cast<const char*>(old.data()), "Tenon host device");
  int major = 0, processors = 0;
  std::memcpy(&major, old.data() + 360, sizeof major);
  std::memcpy(&processors, old.data() + 388, sizeof processors);
  EXPECT_EQ(major, 8);
  int expected = 0;
  ASSERT_EQ(cudaDeviceGetAttribute(&expected, cudaDevAttrMultiProcessorCount, 0), cudaSuccess);
  EXPECT_EQ(processors, expected);
  EXPECT_EQ(old[1032], 0xAB);
}

TEST(Device, HasABusName) {
  char id[16] = {};
  ASSERT_EQ(cudaDeviceGetPCIBusId(id, sizeof id, 0), cudaSuccess);
  EXPECT_STREQ(id, "0000:00:00.0");
  int device = -1;
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, id), cudaSuccess);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "0000:65:00.0"), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "nothing"), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetPCIBusId(id, 4, 0), cudaErrorInvalidValue);
}

TEST(Device, KeepsSettings) {
  EXPECT_EQ(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync), cudaSuccess);
  unsigned int flags = 0;
  EXPECT_EQ(cudaGetDeviceFlags(&flags), cudaSuccess);
  EXPECT_EQ(flags & cudaDeviceScheduleMask, unsigned{cudaDeviceScheduleBlockingSync});
  EXPECT_EQ(cudaSetDeviceFlags(cudaDeviceScheduleSpin | cudaDeviceScheduleYield),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaSetDeviceFlags(0x1000), cudaErrorInvalidValue);

  size_t stack = 0;
  EXPECT_EQ(cudaDeviceSetLimit(cudaLimitStackSize, 4096), cudaSuccess);
  EXPECT_EQ(cudaDeviceGetLimit(&stack, cudaLimitStackSize), cudaSuccess);
  EXPECT_EQ(stack, 4096u);
  EXPECT_EQ(cudaDeviceSetLimit(static_cast<cudaLimit>(40), 1), cudaErrorUnsupportedLimit);

  cudaFuncCache cache = cudaFuncCachePreferNone;
  EXPECT_EQ(cudaDeviceSetCacheConfig(cudaFuncCachePreferL1), cudaSuccess);
  EXPECT_EQ(cudaDeviceGetCacheConfig(&cache), cudaSuccess);
  EXPECT_EQ(cache, cudaFuncCachePreferL1);
}

TEST(Device, HasNoPeer) {
  int can = 1;
  EXPECT_EQ(cudaDeviceCanAccessPeer(&can, 0, 0), cudaSuccess);
  EXPECT_EQ(can, 0);
  EXPECT_EQ(cudaDeviceCanAccessPeer(&can, 0, 1), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceEnablePeerAccess(1, 0), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceDisablePeerAccess(0), cudaErrorPeerAccessNotEnabled);
}

TEST(Device, VersionsAreThoseOfTheHeaders) {
  int runtime = 0, driver = 0;
  EXPECT_EQ(cudaRuntimeGetVersion(&runtime), cudaSuccess);
  EXPECT_EQ(cudaDriverGetVersion(&driver), cudaSuccess);
  EXPECT_EQ(runtime, CUDART_VERSION);
  EXPECT_GE(driver, runtime);
}

TEST(Device, ProfilesNothingWithoutComplaint) {
  EXPECT_EQ(cudaProfilerStart(), cudaSuccess);
  EXPECT_EQ(cudaProfilerStop(), cudaSuccess);
}

TEST(Device, RefusesByNameWhatItHasNot) {
  cudaArray_t array = nullptr;
  const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
  EXPECT_EQ(format.x, 32);
  EXPECT_EQ(format.f, cudaChannelFormatKindFloat);
  testing::internal::CaptureStderr();
  EXPECT_EQ(cudaMallocArray(&array, &format, 16), cudaErrorNotSupported);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("cudaMallocArray"), std::string::npos);
  EXPECT_EQ(cudaGetLastError(), cudaErrorNotSupported);
}

TEST(Device, ResetGivesEverythingBack) {
  size_t before = 0, after = 0, total = 0;
  void *memory = nullptr, *host = nullptr, *ordered = nullptr;
  ASSERT_EQ(cudaDeviceReset(), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  ASSERT_EQ(cudaMalloc(&memory, 1000), cudaSuccess);
  ASSERT_EQ(cudaMallocHost(&host, 1000), cudaSuccess);
  ASSERT_EQ(cudaMallocAsync(&ordered, 1000, nullptr), cudaSuccess);
  ASSERT_EQ(cudaDeviceReset(), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&after, &total), cudaSuccess);
  EXPECT_EQ(after, before);
  EXPECT_EQ(cudaFree(memory), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  size_t stack = 0;
  EXPECT_EQ(cudaDeviceGetLimit(&stack, cudaLimitStackSize), cudaSuccess);
  EXPECT_EQ(stack, 1024u);
}

}  // namespace
