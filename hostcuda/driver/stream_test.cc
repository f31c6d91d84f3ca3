// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams, events and graphs of the driver: the runtime's objects under other names.
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace {

struct Stream {
  explicit Stream(unsigned int flags = CU_STREAM_NON_BLOCKING) {
    EXPECT_EQ(cuStreamCreate(&handle, flags), CUDA_SUCCESS);
  }
  ~Stream() { EXPECT_EQ(cuStreamDestroy(handle), CUDA_SUCCESS); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  CUstream handle = nullptr;
};

void add_one(void* data) { ++*static_cast<std::atomic<int>*>(data); }

void sleep_a_while(void*) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

TEST(DriverStream, IsTheRuntimesStream) {
  const Stream stream;
  EXPECT_EQ(cudaStreamSynchronize(stream.handle), cudaSuccess);
  cudaStream_t made = nullptr;
  ASSERT_EQ(cudaStreamCreate(&made), cudaSuccess);
  EXPECT_EQ(cuStreamQuery(made), CUDA_SUCCESS);
  unsigned int flags = 9;
  ASSERT_EQ(cuStreamGetFlags(stream.handle, &flags), CUDA_SUCCESS);
  EXPECT_EQ(flags, CU_STREAM_NON_BLOCKING);
  CUdevice device = 9;
  ASSERT_EQ(cuStreamGetDevice(made, &device), CUDA_SUCCESS);
  EXPECT_EQ(device, 0);
  CUcontext context = nullptr;
  ASSERT_EQ(cuStreamGetCtx(made, &context), CUDA_SUCCESS);
  EXPECT_NE(context, nullptr);
  EXPECT_EQ(cuStreamDestroy(made), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(made), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuStreamCreate(&made, 77), CUDA_ERROR_INVALID_VALUE);
}

TEST(DriverStream, RunsHostFunctionsInOrder) {
  const Stream stream;
  std::atomic<int> count{0};
  ASSERT_EQ(cuLaunchHostFunc(stream.handle, sleep_a_while, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuLaunchHostFunc(stream.handle, add_one, &count), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamQuery(stream.handle), CUDA_ERROR_NOT_READY);
  EXPECT_EQ(count, 0);
  ASSERT_EQ(cuStreamSynchronize(stream.handle), CUDA_SUCCESS);
  EXPECT_EQ(count, 1);
}

TEST(DriverStream, CallsBackWithItsOwnCodes) {
  const Stream stream;
  struct Seen {
    CUstream stream = nullptr;
    CUresult status = CUDA_ERROR_UNKNOWN;
  } seen;
  const auto note = [](CUstream from, CUresult status, void* data) {
    *static_cast<Seen*>(data) = {from, status};
  };
  ASSERT_EQ(cuStreamAddCallback(stream.handle, note, &seen, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamSynchronize(stream.handle), CUDA_SUCCESS);
  EXPECT_EQ(seen.stream, stream.handle);
  EXPECT_EQ(seen.status, CUDA_SUCCESS);
  EXPECT_EQ(cuStreamAddCallback(stream.handle, nullptr, nullptr, 0), CUDA_ERROR_INVALID_VALUE);
}

TEST(DriverStream, EventsTimeAndOrder) {
  const Stream first;
  const Stream second;
  CUevent start = nullptr;
  CUevent end = nullptr;
  ASSERT_EQ(cuEventCreate(&start, CU_EVENT_DEFAULT), CUDA_SUCCESS);
  ASSERT_EQ(cuEventCreate(&end, CU_EVENT_DEFAULT), CUDA_SUCCESS);
  std::atomic<int> count{0};
  ASSERT_EQ(cuEventRecord(start, first.handle), CUDA_SUCCESS);
  ASSERT_EQ(cuLaunchHostFunc(first.handle, sleep_a_while, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuLaunchHostFunc(first.handle, add_one, &count), CUDA_SUCCESS);
  ASSERT_EQ(cuEventRecord(end, first.handle), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamWaitEvent(second.handle, end, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamSynchronize(second.handle), CUDA_SUCCESS);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(cuEventQuery(end), CUDA_SUCCESS);
  float milliseconds = 0;
  ASSERT_EQ(cuEventElapsedTime(&milliseconds, start, end), CUDA_SUCCESS);
  EXPECT_GE(milliseconds, 15.0F);
  EXPECT_EQ(cuEventDestroy(start), CUDA_SUCCESS);
  EXPECT_EQ(cuEventDestroy(end), CUDA_SUCCESS);
  EXPECT_EQ(cuEventSynchronize(end), CUDA_ERROR_INVALID_HANDLE);
}

TEST(DriverStream, CapturesAndReplays) {
  const Stream stream;
  std::atomic<int> count{0};
  CUdeviceptr word = 0;
  ASSERT_EQ(cuMemAlloc(&word, 4), CUDA_SUCCESS);
  ASSERT_EQ(cuMemsetD32(word, 0, 1), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);  // the stream does not wait for the default one
  ASSERT_EQ(cuStreamBeginCapture(stream.handle, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), CUDA_SUCCESS);
  ASSERT_EQ(cuLaunchHostFunc(stream.handle, add_one, &count), CUDA_SUCCESS);
  ASSERT_EQ(cuMemsetD32Async(word, 0x01020304, 1, stream.handle), CUDA_SUCCESS);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  ASSERT_EQ(cuStreamIsCapturing(stream.handle, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
  CUgraph graph = nullptr;
  ASSERT_EQ(cuStreamEndCapture(stream.handle, &graph), CUDA_SUCCESS);
  EXPECT_EQ(count, 0);
  size_t nodes = 0;
  ASSERT_EQ(cuGraphGetNodes(graph, nullptr, &nodes), CUDA_SUCCESS);
  EXPECT_EQ(nodes, 2U);
  CUgraphExec executable = nullptr;
  ASSERT_EQ(cuGraphInstantiate(&executable, graph, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuGraphLaunch(executable, stream.handle), CUDA_SUCCESS);
  ASSERT_EQ(cuGraphLaunch(executable, stream.handle), CUDA_SUCCESS);
  ASSERT_EQ(cuStreamSynchronize(stream.handle), CUDA_SUCCESS);
  EXPECT_EQ(count, 2);
  std::uint32_t read = 0;
  ASSERT_EQ(cuMemcpyDtoH(&read, word, 4), CUDA_SUCCESS);
  EXPECT_EQ(read, 0x01020304U);
  EXPECT_EQ(cuGraphExecDestroy(executable), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphDestroy(graph), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree(word), CUDA_SUCCESS);
}

TEST(DriverStream, GraphsAreBuiltByNodes) {
  std::atomic<int> count{0};
  std::array<std::uint16_t, 4> target{};
  ASSERT_EQ(cuMemHostRegister(target.data(), sizeof target, 0), CUDA_SUCCESS);
  CUgraph graph = nullptr;
  ASSERT_EQ(cuGraphCreate(&graph, 0), CUDA_SUCCESS);
  CUgraphNode host = nullptr;
  const CUDA_HOST_NODE_PARAMS call{add_one, &count};
  ASSERT_EQ(cuGraphAddHostNode(&host, graph, nullptr, 0, &call), CUDA_SUCCESS);
  CUgraphNode fill = nullptr;
  CUDA_MEMSET_NODE_PARAMS two{};
  two.dst = reinterpret_cast<CUdeviceptr>(target.data());
  two.value = 0x0203;
  two.elementSize = 2;
  two.width = 4;
  two.height = 1;
  ASSERT_EQ(cuGraphAddMemsetNode(&fill, graph, &host, 1, &two, nullptr), CUDA_SUCCESS);
  CUgraphNodeType type = CU_GRAPH_NODE_TYPE_EMPTY;
  ASSERT_EQ(cuGraphNodeGetType(fill, &type), CUDA_SUCCESS);
  EXPECT_EQ(type, CU_GRAPH_NODE_TYPE_MEMSET);
  CUgraphExec executable = nullptr;
  ASSERT_EQ(cuGraphInstantiate(&executable, graph, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuGraphLaunch(executable, nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(target, (std::array<std::uint16_t, 4>{0x0203, 0x0203, 0x0203, 0x0203}));
  EXPECT_EQ(cuGraphExecDestroy(executable), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphDestroy(graph), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostUnregister(target.data()), CUDA_SUCCESS);
}

}  // namespace
