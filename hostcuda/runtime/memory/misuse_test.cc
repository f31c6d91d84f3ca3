// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a program does wrong with memory, and the code it is told.
#include <cuda_runtime.h>
#include <gtest/gtest.h>
#include <hostcuda.h>

#include <vector>

namespace {

class Misuse : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudaMalloc(&device_, 128), cudaSuccess); }
  void TearDown() override {
    if (device_) {
      EXPECT_EQ(cudaFree(device_), cudaSuccess);
    }
    cudaGetLastError();
  }

  void free_early() {
    ASSERT_EQ(cudaFree(device_), cudaSuccess);
    freed_ = device_;
    device_ = nullptr;
  }

  unsigned char* device_ = nullptr;
  unsigned char* freed_ = nullptr;
  unsigned char host_[128] = {};
};

TEST_F(Misuse, DoubleFree) {
  free_early();
  EXPECT_EQ(cudaFree(freed_), cudaErrorInvalidValue);
}

TEST_F(Misuse, FreeOfTheMiddle) { EXPECT_EQ(cudaFree(device_ + 16), cudaErrorInvalidValue); }

TEST_F(Misuse, FreeOfTheProgramsOwn) { EXPECT_EQ(cudaFree(host_), cudaErrorInvalidValue); }

TEST_F(Misuse, FreeByTheWrongCall) {
  EXPECT_EQ(cudaFreeHost(device_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFreeAsync(device_, nullptr), cudaErrorInvalidValue);
  void* host = nullptr;
  ASSERT_EQ(cudaMallocHost(&host, 8), cudaSuccess);
  EXPECT_EQ(cudaFree(host), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
}

TEST_F(Misuse, CopyFromFreedMemory) {
  free_early();
  EXPECT_EQ(cudaMemcpy(host_, freed_, 128, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host_, freed_ + 5, 1, cudaMemcpyDefault), cudaErrorInvalidValue);
}

TEST_F(Misuse, CopyToFreedMemory) {
  free_early();
  EXPECT_EQ(cudaMemcpy(freed_, host_, 128, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(freed_, 0, 1), cudaErrorInvalidValue);
}

TEST_F(Misuse, UseAfterAnOrderedFree) {
  void* ordered = nullptr;
  ASSERT_EQ(cudaMallocAsync(&ordered, 64, nullptr), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(ordered, nullptr), cudaSuccess);
  EXPECT_EQ(cudaFreeAsync(ordered, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemsetAsync(ordered, 0, 64, nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST_F(Misuse, HostMemoryCalledDevice) {
  EXPECT_EQ(cudaMemcpy(host_, device_, 4, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(device_, host_, 4, cudaMemcpyDeviceToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(host_, 0, 4), cudaErrorInvalidValue);
}

TEST_F(Misuse, DeviceMemoryCalledHost) {
  EXPECT_EQ(cudaMemcpy(device_, host_, 4, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host_, device_, 4, cudaMemcpyHostToHost), cudaErrorInvalidValue);
}

TEST_F(Misuse, CopyKindThatIsNone) {
  EXPECT_EQ(cudaMemcpy(device_, host_, 4, static_cast<cudaMemcpyKind>(9)),
            cudaErrorInvalidMemcpyDirection);
}

TEST_F(Misuse, CopyOverTheEnd) {
  std::vector<unsigned char> large(256);
  EXPECT_EQ(cudaMemcpy(device_, large.data(), 129, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(large.data(), device_ + 1, 128, cudaMemcpyDeviceToHost),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(device_ + 100, 0, 29), cudaErrorInvalidValue);
}

TEST_F(Misuse, NullPointers) {
  EXPECT_EQ(cudaMemcpy(nullptr, host_, 4, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(device_, nullptr, 4, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(device_, nullptr, 0, cudaMemcpyHostToDevice), cudaSuccess);
  EXPECT_EQ(cudaMemcpy3D(nullptr), cudaErrorInvalidValue);
}

TEST_F(Misuse, PitchNarrowerThanARow) {
  EXPECT_EQ(cudaMemcpy2D(device_, 16, host_, 32, 32, 2, cudaMemcpyHostToDevice),
            cudaErrorInvalidPitchValue);
  EXPECT_EQ(cudaMemset2D(device_, 8, 0, 16, 2), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy2D(device_, 64, host_, 32, 32, 3, cudaMemcpyHostToDevice),
            cudaErrorInvalidValue);
}

TEST_F(Misuse, IsRememberedAsTheLastErrorAndForgotten) {
  EXPECT_EQ(cudaFree(host_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(Misuse, IsNoneAroundCodeWhoseMemoryAnEngineMade) {
  EXPECT_EQ(hostcudaTrustPointers(1), 1);
  EXPECT_EQ(cudaMemset(host_, 6, sizeof host_), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(device_, host_, 128, cudaMemcpyDeviceToDevice), cudaSuccess);
  EXPECT_EQ(hostcudaTrustPointers(0), 0);
  EXPECT_EQ(host_[127], 6);
  EXPECT_EQ(cudaMemset(host_, 0, 1), cudaErrorInvalidValue);
}

}  // namespace
