// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Contexts as a program handles them: the primary one, its own, each thread's stack.
#include <cuda.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace {

/// Leaves the thread's stack of contexts empty.
class Contexts : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cuInit(0), CUDA_SUCCESS); }
  void TearDown() override {
    while (cuCtxPopCurrent(nullptr) == CUDA_SUCCESS) {
    }
  }
};

TEST_F(Contexts, PrimaryIsRetainedAndReleasedInPairs) {
  CUcontext first = nullptr;
  CUcontext second = nullptr;
  unsigned int flags = 9;
  int active = 9;
  ASSERT_EQ(cuDevicePrimaryCtxGetState(0, &flags, &active), CUDA_SUCCESS);
  EXPECT_EQ(active, 0);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&first, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&second, 0), CUDA_SUCCESS);
  EXPECT_EQ(first, second);
  ASSERT_EQ(cuDevicePrimaryCtxGetState(0, &flags, &active), CUDA_SUCCESS);
  EXPECT_EQ(active, 1);
  EXPECT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_SUCCESS);
  EXPECT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_SUCCESS);
  EXPECT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(cuCtxDestroy(first), CUDA_ERROR_INVALID_CONTEXT);
}

TEST_F(Contexts, StackOfAThread) {
  CUcontext current = nullptr;
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, nullptr);
  CUcontext first = nullptr;
  CUcontext second = nullptr;
  ASSERT_EQ(cuCtxCreate(&first, nullptr, CU_CTX_SCHED_SPIN, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxCreate_v2(&second, 0, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, second);
  ASSERT_EQ(cuCtxPopCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, second);
  unsigned int flags = 0;
  ASSERT_EQ(cuCtxGetFlags(&flags), CUDA_SUCCESS);
  EXPECT_EQ(flags, CU_CTX_SCHED_SPIN);
  ASSERT_EQ(cuCtxSetCurrent(second), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, second);
  unsigned long long first_id = 0;
  unsigned long long second_id = 0;
  ASSERT_EQ(cuCtxGetId(first, &first_id), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetId(second, &second_id), CUDA_SUCCESS);
  EXPECT_NE(first_id, second_id);
  EXPECT_EQ(cuCtxDestroy(first), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxDestroy(second), CUDA_SUCCESS);
}

TEST_F(Contexts, EachThreadHasItsOwnStack) {
  CUcontext mine = nullptr;
  ASSERT_EQ(cuCtxCreate(&mine, nullptr, 0, 0), CUDA_SUCCESS);
  CUcontext theirs = mine;
  std::thread([&] { EXPECT_EQ(cuCtxGetCurrent(&theirs), CUDA_SUCCESS); }).join();
  EXPECT_EQ(theirs, nullptr);
  EXPECT_EQ(cuCtxDestroy(mine), CUDA_SUCCESS);
}

TEST_F(Contexts, ThreadsMakeAndLeaveThemAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) {
        CUcontext context = nullptr;
        EXPECT_EQ(cuCtxCreate(&context, nullptr, 0, 0), CUDA_SUCCESS);
        CUdeviceptr pointer = 0;
        EXPECT_EQ(cuMemAlloc(&pointer, 64), CUDA_SUCCESS);
        EXPECT_EQ(cuMemsetD32(pointer, 5, 16), CUDA_SUCCESS);
        EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
        EXPECT_EQ(cuMemFree(pointer), CUDA_SUCCESS);
        EXPECT_EQ(cuCtxDestroy(context), CUDA_SUCCESS);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Contexts, DestroyedContextIsTold) {
  CUcontext gone = nullptr;
  ASSERT_EQ(cuCtxCreate(&gone, nullptr, 0, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxPushCurrent(gone), CUDA_SUCCESS);  // twice on the stack
  ASSERT_EQ(cuCtxDestroy(gone), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxDestroy(gone), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(cuCtxPushCurrent(gone), CUDA_ERROR_INVALID_CONTEXT);
  CUdeviceptr pointer = 0;
  EXPECT_EQ(cuMemAlloc(&pointer, 16), CUDA_ERROR_CONTEXT_IS_DESTROYED);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_CONTEXT_IS_DESTROYED);
}

TEST_F(Contexts, WrongArgumentsAreTold) {
  CUcontext context = nullptr;
  EXPECT_EQ(cuCtxCreate(&context, nullptr, 0, 1), CUDA_ERROR_INVALID_DEVICE);
  EXPECT_EQ(cuCtxCreate(nullptr, nullptr, 0, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuCtxCreate(&context, nullptr, 0x8000, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuCtxPopCurrent(&context), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(cuDevicePrimaryCtxRetain(&context, 3), CUDA_ERROR_INVALID_DEVICE);
  CUctxCreateParams part{};
  part.numExecAffinityParams = 1;
  EXPECT_EQ(cuCtxCreate(&context, &part, 0, 0), CUDA_ERROR_NOT_SUPPORTED);
}

TEST_F(Contexts, SettingsAreTheDevices) {
  int least = 9;
  int greatest = 9;
  ASSERT_EQ(cuCtxGetStreamPriorityRange(&least, &greatest), CUDA_SUCCESS);
  EXPECT_LE(greatest, least);
  size_t stack = 0;
  ASSERT_EQ(cuCtxSetLimit(CU_LIMIT_STACK_SIZE, 4096), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetLimit(&stack, CU_LIMIT_STACK_SIZE), CUDA_SUCCESS);
  EXPECT_EQ(stack, 4096U);
  EXPECT_EQ(cuCtxSetCacheConfig(CU_FUNC_CACHE_PREFER_L1), CUDA_SUCCESS);
  unsigned int version = 0;
  ASSERT_EQ(cuCtxGetApiVersion(nullptr, &version), CUDA_SUCCESS);
  EXPECT_EQ(version, 3020U);
}

}  // namespace
