// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Launches of host kernels, what is known of kernels, and what compiled host code calls.
#include <cuda_runtime.h>
#include <gtest/gtest.h>
#include <hostcuda.h>

#include <string>
#include <vector>

// What a CUDA compiler's host code calls; no header declares it.
extern "C" {
void** __cudaRegisterFatBinary(void* image);
void __cudaRegisterFatBinaryEnd(void** handle);
void __cudaUnregisterFatBinary(void** handle);
void __cudaRegisterFunction(void** handle, const char* stub, char* function, const char* name,
                            int threads, uint3* tid, uint3* bid, dim3* block, dim3* grid,
                            int* warp);
void __cudaRegisterVar(void** handle, char* variable, char* address, const char* name, int ext,
                       size_t size, int constant, int global);
unsigned int __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, CUstream_st* stream);
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream);
}

namespace {

/// The stub of a kernel: it is never run.
void scale(float*, float, int) {}
void unknown() {}

/// Its host version: out[i] *= factor for each thread of the grid.
int scale_on_host(const hostcudaLaunch* launch, void* runs) {
  float* const out = *static_cast<float**>(launch->arguments[0]);
  const float factor = *static_cast<float*>(launch->arguments[1]);
  const int count = *static_cast<int*>(launch->arguments[2]);
  const int threads = static_cast<int>(launch->grid.x * launch->block.x);
  for (int i = 0; i < threads && i < count; ++i) out[i] *= factor;
  if (runs) ++*static_cast<int*>(runs);
  return factor < 0 ? 1 : 0;
}

constexpr size_t kScaleSizes[] = {sizeof(float*), sizeof(float), sizeof(int)};

class Launch : public testing::Test {
 protected:
  void SetUp() override {
    const hostcudaKernel kernel = {"scale", scale_on_host, &runs_, kScaleSizes, 3};
    ASSERT_EQ(hostcudaRegisterKernel(reinterpret_cast<const void*>(&scale), &kernel), cudaSuccess);
    ASSERT_EQ(cudaMallocManaged(&numbers_, 64 * sizeof(float)), cudaSuccess);
    for (int i = 0; i < 64; ++i) numbers_[i] = 1;
  }
  void TearDown() override {
    EXPECT_EQ(cudaFree(numbers_), cudaSuccess);
    cudaGetLastError();
  }

  cudaError_t launch(float factor, int count, dim3 grid, dim3 block, size_t shared = 0,
                     cudaStream_t stream = nullptr) {
    void* arguments[] = {&numbers_, &factor, &count};
    return cudaLaunchKernel(&scale, grid, block, arguments, shared, stream);
  }

  float* numbers_ = nullptr;
  int runs_ = 0;
};

TEST_F(Launch, RunsTheHostVersionInOrder) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(launch(2, 64, 2, 32, 0, stream), cudaSuccess);
  ASSERT_EQ(launch(3, 10, 1, 32, 0, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(numbers_[9], 6);
  EXPECT_EQ(numbers_[10], 2);
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(Launch, IsRecordedAndReplayed) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
  ASSERT_EQ(launch(2, 64, 2, 32, 0, stream), cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(runs_, 0);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, nullptr, nullptr, 0), cudaSuccess);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(numbers_[63], 8);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(Launch, TakesAConfigurationAndConvertsArguments) {
  cudaLaunchConfig_t config = {};
  config.gridDim = 2;
  config.blockDim = 32;
  ASSERT_EQ(cudaLaunchKernelEx(&config, &scale, numbers_, 4, 64), cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(numbers_[5], 4);
  cudaLaunchAttribute together = {};
  together.id = cudaLaunchAttributeCooperative;
  together.val.cooperative = 1;
  config.attrs = &together;
  config.numAttrs = 1;
  EXPECT_EQ(cudaLaunchKernelEx(&config, &scale, numbers_, 4, 64), cudaErrorNotSupported);
}

TEST_F(Launch, OfAWrongShapeIsRefused) {
  EXPECT_EQ(launch(1, 1, 0, 32), cudaErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 1, 1, 1025), cudaErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 1, 1, dim3(32, 32, 2)), cudaErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 1, dim3(1, 65536), 1), cudaErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 1, 1, 32, 60000), cudaErrorInvalidValue);
  ASSERT_EQ(cudaFuncSetAttribute(&scale, cudaFuncAttributeMaxDynamicSharedMemorySize, 65536),
            cudaSuccess);
  EXPECT_EQ(launch(1, 1, 1, 32, 60000), cudaSuccess);
  EXPECT_EQ(cudaFuncSetAttribute(&scale, cudaFuncAttributeMaxDynamicSharedMemorySize, 200000),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaLaunchKernel(&unknown, 1, 1, nullptr), cudaErrorInvalidDeviceFunction);
}

TEST_F(Launch, ThatFailsStays) {
  ASSERT_EQ(launch(-1, 1, 1, 32), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaErrorLaunchFailure);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 4), cudaErrorLaunchFailure);
  ASSERT_EQ(cudaDeviceReset(), cudaSuccess);
  EXPECT_EQ(cudaMallocManaged(&numbers_, 64), cudaSuccess);
}

TEST_F(Launch, KernelsTellOfThemselves) {
  cudaFuncAttributes known = {};
  ASSERT_EQ(cudaFuncGetAttributes(&known, &scale), cudaSuccess);
  EXPECT_EQ(known.maxThreadsPerBlock, 1024);
  const char* name = nullptr;
  ASSERT_EQ(cudaFuncGetName(&name, &scale), cudaSuccess);
  EXPECT_STREQ(name, "scale");
  size_t offset = 0, size = 0;
  ASSERT_EQ(cudaFuncGetParamInfo(reinterpret_cast<const void*>(&scale), 2, &offset, &size),
            cudaSuccess);
  EXPECT_EQ(offset, 12u);
  EXPECT_EQ(size, 4u);
  cudaKernel_t kernel = nullptr;
  ASSERT_EQ(cudaGetKernel(&kernel, &scale), cudaSuccess);
  float factor = 2;
  int count = 1;
  void* arguments[] = {&numbers_, &factor, &count};
  EXPECT_EQ(cudaLaunchKernel(static_cast<const void*>(kernel), 1, 1, arguments, 0, nullptr),
            cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(numbers_[0], 2);
  EXPECT_EQ(cudaFuncGetAttributes(&known, &unknown), cudaErrorInvalidDeviceFunction);
}

TEST_F(Launch, OccupancyFollowsTheDevice) {
  int blocks = 0, grid = 0, block = 0;
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, &scale, 256, 0), cudaSuccess);
  EXPECT_EQ(blocks, 6);
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, &scale, 32, 49152), cudaSuccess);
  EXPECT_EQ(blocks, 2);
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, &scale, 2048, 0), cudaSuccess);
  EXPECT_EQ(blocks, 0);
  ASSERT_EQ(cudaOccupancyMaxPotentialBlockSize(&grid, &block, &scale), cudaSuccess);
  EXPECT_EQ(block, 768);
  EXPECT_EQ(grid % 2, 0);
  size_t shared = 0;
  ASSERT_EQ(cudaOccupancyAvailableDynamicSMemPerBlock(&shared, &scale, 2, 256), cudaSuccess);
  EXPECT_EQ(shared, 50176u);
}

TEST(Compiled, CodeWithoutAHostVersionIsNamed) {
  static char image[16] = {}, stub = 0;
  void** const part = __cudaRegisterFatBinary(image);
  char name[] = "_Z5twicePfi";
  __cudaRegisterFunction(part, &stub, name, name, -1, nullptr, nullptr, nullptr, nullptr, nullptr);
  __cudaRegisterFatBinaryEnd(part);
  testing::internal::CaptureStderr();
  EXPECT_EQ(cudaLaunchKernel(static_cast<const void*>(&stub), 1, 1, nullptr, 0, nullptr),
            cudaErrorInvalidDeviceFunction);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("_Z5twicePfi"), std::string::npos);

  // A host version under its name takes its place.
  static int runs = 0;
  const hostcudaKernel kernel = {name,
                                 [](const hostcudaLaunch*, void* data) {
                                   ++*static_cast<int*>(data);
                                   return 0;
                                 },
                                 &runs, nullptr, 0};
  ASSERT_EQ(hostcudaRegisterKernel(nullptr, &kernel), cudaSuccess);
  EXPECT_EQ(cudaLaunchKernel(static_cast<const void*>(&stub), 1, 1, nullptr, 0, nullptr),
            cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(runs, 1);
  __cudaUnregisterFatBinary(part);
  EXPECT_EQ(cudaLaunchKernel(static_cast<const void*>(&stub), 1, 1, nullptr, 0, nullptr),
            cudaErrorInvalidDeviceFunction);
  cudaGetLastError();
}

TEST(Compiled, VariablesAreCopiedByTheirSymbols) {
  static char image[16] = {};
  static float weights[4] = {};
  void** const part = __cudaRegisterFatBinary(image);
  __cudaRegisterVar(part, reinterpret_cast<char*>(weights), nullptr, "weights", 0, sizeof weights,
                    1, 0);
  const float in[2] = {3, 4};
  ASSERT_EQ(cudaMemcpyToSymbol(weights, in, sizeof in, 2 * sizeof(float)), cudaSuccess);
  float out[4] = {};
  ASSERT_EQ(cudaMemcpyFromSymbol(out, weights, sizeof out), cudaSuccess);
  EXPECT_EQ(out[3], 4);
  void* address = nullptr;
  size_t size = 0;
  ASSERT_EQ(cudaGetSymbolAddress(&address, weights), cudaSuccess);
  ASSERT_EQ(cudaGetSymbolSize(&size, weights), cudaSuccess);
  EXPECT_EQ(size, sizeof weights);
  EXPECT_EQ(cudaFree(address), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyToSymbol(weights, in, sizeof in, 3 * sizeof(float)), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyToSymbol(weights, in, sizeof in, 0, cudaMemcpyDeviceToHost),
            cudaErrorInvalidMemcpyDirection);
  __cudaUnregisterFatBinary(part);
  EXPECT_EQ(cudaMemcpyToSymbol(weights, in, sizeof in), cudaErrorInvalidSymbol);
  cudaGetLastError();
}

TEST(Compiled, ConfigurationsArePoppedAsPushed) {
  EXPECT_EQ(__cudaPushCallConfiguration(dim3(1, 2), 3, 4, cudaStreamPerThread), 0u);
  dim3 grid, block;
  size_t shared = 0;
  cudaStream_t stream = nullptr;
  ASSERT_EQ(__cudaPopCallConfiguration(&grid, &block, &shared, &stream), cudaSuccess);
  EXPECT_EQ(grid.y, 2u);
  EXPECT_EQ(block.x, 3u);
  EXPECT_EQ(shared, 4u);
  EXPECT_EQ(stream, cudaStreamPerThread);
  EXPECT_EQ(__cudaPopCallConfiguration(&grid, &block, &shared, &stream),
            cudaErrorMissingConfiguration);
  cudaGetLastError();
}

}  // namespace
