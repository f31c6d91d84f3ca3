// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies of all shapes, and fills.
#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

namespace {

std::vector<unsigned char> ramp(size_t count) {
  std::vector<unsigned char> bytes(count);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
  return bytes;
}

/// Device memory that frees itself.
struct Device {
  explicit Device(size_t size) { EXPECT_EQ(cudaMalloc(&bytes, size), cudaSuccess); }
  ~Device() { EXPECT_EQ(cudaFree(bytes), cudaSuccess); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  unsigned char* bytes = nullptr;
};

TEST(Copy, GoesThereAndBackByEveryKind) {
  const auto in = ramp(1000);
  std::vector<unsigned char> out(1000);
  const Device first(1000), second(1000);
  ASSERT_EQ(cudaMemcpy(first.bytes, in.data(), 1000, cudaMemcpyHostToDevice), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(second.bytes, first.bytes, 1000, cudaMemcpyDeviceToDevice), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(out.data(), second.bytes, 1000, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, in);
  std::vector<unsigned char> again(1000);
  ASSERT_EQ(cudaMemcpy(again.data(), out.data(), 1000, cudaMemcpyHostToHost), cudaSuccess);
  EXPECT_EQ(again, in);
  std::vector<unsigned char> guessed(1000);
  ASSERT_EQ(cudaMemcpy(guessed.data(), second.bytes, 1000, cudaMemcpyDefault), cudaSuccess);
  EXPECT_EQ(guessed, in);
}

TEST(Copy, ReadsPageableSourcesDuringTheCall) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  const Device device(64);
  std::vector<unsigned char> in(64, 1);
  ASSERT_EQ(cudaLaunchHostFunc(
                stream, [](void*) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); },
                nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(device.bytes, in.data(), 64, cudaMemcpyHostToDevice, stream),
            cudaSuccess);
  in.assign(64, 2);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  unsigned char out = 0;
  ASSERT_EQ(cudaMemcpy(&out, device.bytes, 1, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, 1);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Copy, RowsKeepTheirPitches) {
  const auto in = ramp(6 * 4);
  const Device device(32 * 4);
  ASSERT_EQ(cudaMemset(device.bytes, 0xEE, 32 * 4), cudaSuccess);
  ASSERT_EQ(cudaMemcpy2D(device.bytes, 32, in.data(), 6, 6, 4, cudaMemcpyHostToDevice),
            cudaSuccess);
  std::vector<unsigned char> raw(32 * 4), out(6 * 4);
  ASSERT_EQ(cudaMemcpy(raw.data(), device.bytes, raw.size(), cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(raw[32 * 3 + 5], in[6 * 3 + 5]);
  EXPECT_EQ(raw[6], 0xEE);
  ASSERT_EQ(cudaMemcpy2DAsync(out.data(), 6, device.bytes, 32, 6, 4, cudaMemcpyDeviceToHost, 0),
            cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(out, in);
}

TEST(Copy, BoxesMoveByTheirPositions) {
  const auto in = ramp(4 * 3 * 2);
  cudaPitchedPtr box = {};
  ASSERT_EQ(cudaMalloc3D(&box, make_cudaExtent(8, 5, 4)), cudaSuccess);
  ASSERT_EQ(cudaMemset3D(box, 0xEE, make_cudaExtent(8, 5, 4)), cudaSuccess);
  cudaMemcpy3DParms params = {};
  params.srcPtr = make_cudaPitchedPtr(const_cast<unsigned char*>(in.data()), 4, 4, 3);
  params.dstPtr = box;
  params.dstPos = make_cudaPos(2, 1, 1);
  params.extent = make_cudaExtent(4, 3, 2);
  params.kind = cudaMemcpyHostToDevice;
  ASSERT_EQ(cudaMemcpy3D(&params), cudaSuccess);

  std::vector<unsigned char> out(4 * 3 * 2);
  cudaMemcpy3DParms back = {};
  back.srcPtr = box;
  back.srcPos = make_cudaPos(2, 1, 1);
  back.dstPtr = make_cudaPitchedPtr(out.data(), 4, 4, 3);
  back.extent = params.extent;
  back.kind = cudaMemcpyDeviceToHost;
  ASSERT_EQ(cudaMemcpy3DAsync(&back), cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(out, in);
  unsigned char corner = 0;
  ASSERT_EQ(cudaMemcpy(&corner, box.ptr, 1, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(corner, 0xEE);
  params.dstPos = make_cudaPos(2, 1, 3);
  EXPECT_EQ(cudaMemcpy3D(&params), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(box.ptr), cudaSuccess);
}

TEST(Copy, PeersAreTheOneDevice) {
  const Device first(16), second(16);
  ASSERT_EQ(cudaMemset(first.bytes, 3, 16), cudaSuccess);
  EXPECT_EQ(cudaMemcpyPeer(second.bytes, 0, first.bytes, 0, 16), cudaSuccess);
  EXPECT_EQ(cudaMemcpyPeerAsync(second.bytes, 0, first.bytes, 1, 16), cudaErrorInvalidDevice);
  unsigned char out = 0;
  ASSERT_EQ(cudaMemcpy(&out, second.bytes + 15, 1, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, 3);
}

TEST(Copy, BatchesNeedTheirOwnStream) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  const Device device(64);
  auto in = ramp(64);
  void* targets[] = {device.bytes, device.bytes + 32};
  const void* sources[] = {in.data(), in.data() + 32};
  size_t sizes[] = {32, 32}, from = 0;
  cudaMemcpyAttributes order = {};
  order.srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  ASSERT_EQ(cudaMemcpyBatchAsync(targets, sources, sizes, 2, &order, &from, 1, stream),
            cudaSuccess);
  EXPECT_EQ(cudaMemcpyBatchAsync(targets, sources, sizes, 2, &order, &from, 1,
                                 static_cast<cudaStream_t>(nullptr)),
            cudaErrorInvalidValue);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  std::vector<unsigned char> out(64);
  ASSERT_EQ(cudaMemcpy(out.data(), device.bytes, 64, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, in);
  sizes[1] = 33;
  EXPECT_EQ(cudaMemcpyBatchAsync(targets, sources, sizes, 2, &order, &from, 1, stream),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Fill, TakesTheLowByte) {
  const Device device(100);
  ASSERT_EQ(cudaMemset(device.bytes, 0x1234, 100), cudaSuccess);
  std::vector<unsigned char> out(100);
  ASSERT_EQ(cudaMemcpy(out.data(), device.bytes, 100, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out, std::vector<unsigned char>(100, 0x34));
  EXPECT_EQ(cudaMemset(nullptr, 0, 0), cudaSuccess);
}

TEST(Fill, RowsLeaveTheirGapsAlone) {
  const Device device(16 * 3);
  ASSERT_EQ(cudaMemset(device.bytes, 0, 16 * 3), cudaSuccess);
  ASSERT_EQ(cudaMemset2DAsync(device.bytes, 16, 9, 10, 3), cudaSuccess);
  std::vector<unsigned char> out(16 * 3);
  ASSERT_EQ(cudaMemcpy(out.data(), device.bytes, out.size(), cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out[16 * 2 + 9], 9);
  EXPECT_EQ(out[16 * 2 + 10], 0);
}

TEST(Fill, BoxesWithGapsBetweenLayers) {
  const Device device(8 * 4 * 2);
  ASSERT_EQ(cudaMemset(device.bytes, 0, 8 * 4 * 2), cudaSuccess);
  const cudaPitchedPtr box = make_cudaPitchedPtr(device.bytes, 8, 8, 4);
  ASSERT_EQ(cudaMemset3D(box, 7, make_cudaExtent(8, 2, 2)), cudaSuccess);
  std::vector<unsigned char> out(8 * 4 * 2);
  ASSERT_EQ(cudaMemcpy(out.data(), device.bytes, out.size(), cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(out[8 * 2 - 1], 7);
  EXPECT_EQ(out[8 * 2], 0);
  EXPECT_EQ(out[8 * 6 - 1], 7);
  EXPECT_EQ(out[8 * 6], 0);
}

}  // namespace
