// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What programs linked with version 12 of the library get where its forms differ from version 13's.
#include <cuda_runtime.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace {

template <typename Form>
Form* version_12(const char* name) {
  return reinterpret_cast<Form*>(dlvsym(RTLD_DEFAULT, name, "libcudart.so.12"));
}

class Version12 : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudaMallocManaged(&memory_, 4096), cudaSuccess); }
  void TearDown() override { EXPECT_EQ(cudaFree(memory_), cudaSuccess); }

  int ask(cudaMemRangeAttribute attribute) {
    int value = -7;
    EXPECT_EQ(cudaMemRangeGetAttribute(&value, sizeof value, attribute, memory_, 4096),
              cudaSuccess);
    return value;
  }

  char* memory_ = nullptr;
};

TEST_F(Version12, NamesPlacesByDevice) {
  const auto prefetch =
      version_12<cudaError_t(const void*, size_t, int, cudaStream_t)>("cudaMemPrefetchAsync");
  const auto advise =
      version_12<cudaError_t(const void*, size_t, cudaMemoryAdvise, int)>("cudaMemAdvise");
  ASSERT_TRUE(prefetch && advise);
  EXPECT_EQ(prefetch(memory_, 4096, 0, nullptr), cudaSuccess);
  EXPECT_EQ(prefetch(memory_, 4096, 5, nullptr), cudaErrorInvalidDevice);
  EXPECT_EQ(advise(memory_, 4096, cudaMemAdviseSetPreferredLocation, cudaCpuDeviceId), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(ask(cudaMemRangeAttributeLastPrefetchLocation), 0);
  EXPECT_EQ(ask(cudaMemRangeAttributePreferredLocation), cudaCpuDeviceId);
  cudaGetLastError();
}

TEST_F(Version12, BatchesTellWhichCopyFailed) {
  const auto batch =
      version_12<cudaError_t(void**, void**, size_t*, size_t, cudaMemcpyAttributes*, size_t*,
                             size_t, size_t*, cudaStream_t)>("cudaMemcpyBatchAsync");
  ASSERT_TRUE(batch);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  char host[8] = {};
  void* targets[] = {memory_, nullptr};
  void* sources[] = {host, host};
  size_t sizes[] = {8, 8}, from = 0, failed = 0;
  cudaMemcpyAttributes order = {};
  order.srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  EXPECT_EQ(batch(targets, sources, sizes, 2, &order, &from, 1, &failed, stream),
            cudaErrorInvalidValue);
  EXPECT_EQ(failed, 1u);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  cudaGetLastError();
}

TEST_F(Version12, IsToldAVersion12) {
  const auto ask_version = version_12<cudaError_t(int*)>("cudaRuntimeGetVersion");
  ASSERT_TRUE(ask_version);
  int version = 0;
  EXPECT_EQ(ask_version(&version), cudaSuccess);
  EXPECT_EQ(version / 1000, 12);
}

}  // namespace
