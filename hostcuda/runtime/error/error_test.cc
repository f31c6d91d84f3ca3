// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "hostcuda/include/hostcuda.h"

namespace {

int fail(void*, cudaStream_t) { return 7; }
void count(void* data) { ++*static_cast<int*>(data); }

void seen(cudaStream_t, cudaError_t status, void* data) {
  *static_cast<cudaError_t*>(data) = status;
}

class Error : public testing::Test {
 protected:
  void SetUp() override { cudaGetLastError(); }
  void TearDown() override {
    cudaDeviceReset();
    cudaGetLastError();
  }
};

TEST_F(Error, NamesAndStrings) {
  EXPECT_STREQ(cudaGetErrorName(cudaSuccess), "cudaSuccess");
  EXPECT_STREQ(cudaGetErrorString(cudaSuccess), "no error");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorMemoryAllocation), "out of memory");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorStreamCaptureWrongThread),
               "cudaErrorStreamCaptureWrongThread");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorUnknown), "cudaErrorUnknown");
  EXPECT_STREQ(cudaGetErrorName(static_cast<cudaError_t>(4711)), "unrecognized error code");
  EXPECT_STREQ(cudaGetErrorString(static_cast<cudaError_t>(-1)), "unrecognized error code");
}

TEST_F(Error, LastErrorIsKeptUntilItIsAskedFor) {
  EXPECT_EQ(cudaStreamCreate(nullptr), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(Error, LastErrorIsTheThreadsOwn) {
  EXPECT_EQ(cudaStreamCreate(nullptr), cudaErrorInvalidValue);
  std::thread([] { EXPECT_EQ(cudaGetLastError(), cudaSuccess); }).join();
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
}

TEST_F(Error, AFailedTaskSticksUntilReset) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(hostcudaLaunchTask(stream, fail, nullptr, nullptr), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "a sticky error is not taken away";
  cudaStream_t second = nullptr;
  EXPECT_EQ(cudaStreamCreate(&second), cudaErrorLaunchFailure);
  ASSERT_EQ(cudaDeviceReset(), cudaSuccess);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "of the call before";
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(cudaStreamCreate(&second), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(second), cudaSuccess);
}

TEST_F(Error, WorkBehindAFailureIsDroppedButCallbacksAreTold) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  int calls = 0;
  cudaError_t status = cudaSuccess;
  ASSERT_EQ(hostcudaLaunchTask(
                stream,
                [](void*, cudaStream_t) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(20));
                  return 1;
                },
                nullptr, nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(stream, count, &calls), cudaSuccess);
  ASSERT_EQ(cudaStreamAddCallback(stream, seen, &status, 0), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorLaunchFailure);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(status, cudaErrorLaunchFailure);
}

TEST_F(Error, RefusalsNameThemselvesOnce) {
  cudaGraphConditionalHandle handle = 0;
  testing::internal::CaptureStderr();
  EXPECT_EQ(cudaGraphConditionalHandleCreate(&handle, nullptr, 0, 0), cudaErrorNotSupported);
  EXPECT_EQ(cudaGraphConditionalHandleCreate(&handle, nullptr, 0, 0), cudaErrorNotSupported);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "hostcuda: cudaGraphConditionalHandleCreate is not supported by the CUDA runtime on "
            "the CPU\n");
  EXPECT_EQ(cudaGetLastError(), cudaErrorNotSupported);
}

}  // namespace
