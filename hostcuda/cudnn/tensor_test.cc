// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "hostcuda/cudnn/test_tensor.h"

extern "C" cudnnStatus_t cudnnConvolutionForward();

namespace hostcuda::cudnn {
namespace {

/// A descriptor of one test's own.
class Descriptor : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudnnCreateTensorDescriptor(&tensor_), CUDNN_STATUS_SUCCESS); }
  void TearDown() override {
    EXPECT_EQ(cudnnDestroyTensorDescriptor(tensor_), CUDNN_STATUS_SUCCESS);
  }
  Index strides() {
    cudnnDataType_t type;
    int rank = 0;
    Index dims(8), out(8);
    EXPECT_EQ(cudnnGetTensorNdDescriptor(tensor_, 8, &type, &rank, dims.data(), out.data()),
              CUDNN_STATUS_SUCCESS);
    out.resize(static_cast<std::size_t>(rank));
    return out;
  }
  size_t bytes() {
    size_t out = 0;
    EXPECT_EQ(cudnnGetTensorSizeInBytes(tensor_, &out), CUDNN_STATUS_SUCCESS);
    return out;
  }
  cudnnTensorDescriptor_t tensor_ = nullptr;
};

TEST_F(Descriptor, PackedLayouts) {
  ASSERT_EQ(cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 2, 3, 4, 5),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(strides(), (Index{60, 20, 5, 1}));
  EXPECT_EQ(bytes(), 480u);
  ASSERT_EQ(cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NHWC, CUDNN_DATA_HALF, 2, 3, 4, 5),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(strides(), (Index{60, 1, 15, 3}));
  EXPECT_EQ(bytes(), 240u);
  const int dims[] = {2, 3, 4, 5, 6};
  ASSERT_EQ(cudnnSetTensorNdDescriptorEx(tensor_, CUDNN_TENSOR_NHWC, CUDNN_DATA_INT8, 5, dims),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(strides(), (Index{360, 1, 90, 18, 3}));
}

TEST_F(Descriptor, OwnStrides) {
  ASSERT_EQ(cudnnSetTensor4dDescriptorEx(tensor_, CUDNN_DATA_DOUBLE, 1, 2, 3, 4, 100, 40, 12, 2),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(bytes(), 8u * (40 + 2 * 12 + 3 * 2 + 1));
  cudnnDataType_t type;
  int n = 0, c = 0, h = 0, w = 0, s[4];
  ASSERT_EQ(cudnnGetTensor4dDescriptor(tensor_, &type, &n, &c, &h, &w, &s[0], &s[1], &s[2], &s[3]),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(type, CUDNN_DATA_DOUBLE);
  EXPECT_EQ((Index{n, c, h, w, s[0], s[1], s[2], s[3]}), (Index{1, 2, 3, 4, 100, 40, 12, 2}));
}

TEST_F(Descriptor, WhatIsWrongIsRefused) {
  EXPECT_EQ(cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 2, 0, 4, 5),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(
      cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NCHW_VECT_C, CUDNN_DATA_INT8x4, 2, 4, 4, 5),
      CUDNN_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(
      cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 70000, 70000, 1, 1),
      CUDNN_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(cudnnSetTensor4dDescriptor(tensor_, CUDNN_TENSOR_NCHW, static_cast<cudnnDataType_t>(99),
                                       1, 1, 1, 1),
            CUDNN_STATUS_BAD_PARAM);
  const int dims[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(cudnnSetTensorNdDescriptor(tensor_, CUDNN_DATA_FLOAT, 9, dims, dims),
            CUDNN_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(cudnnSetTensorNdDescriptor(tensor_, CUDNN_DATA_FLOAT, 4, nullptr, dims),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnSetTensor4dDescriptor(nullptr, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, 1, 1, 1, 1),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnCreateTensorDescriptor(nullptr), CUDNN_STATUS_BAD_PARAM);
  cudnnTensorDescriptor_t gone = nullptr;
  ASSERT_EQ(cudnnCreateTensorDescriptor(&gone), CUDNN_STATUS_SUCCESS);
  ASSERT_EQ(cudnnDestroyTensorDescriptor(gone), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnDestroyTensorDescriptor(gone), CUDNN_STATUS_BAD_PARAM);
}

TEST(Handle, LifeAndMisuse) {
  cudnnHandle_t handle = nullptr;
  ASSERT_EQ(cudnnCreate(&handle), CUDNN_STATUS_SUCCESS);
  cudaStream_t stream = nullptr;
  EXPECT_EQ(cudnnSetStream(handle, reinterpret_cast<cudaStream_t>(&stream)),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnGetStream(handle, &stream), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(stream, nullptr);
  EXPECT_EQ(cudnnDestroy(handle), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnDestroy(handle), CUDNN_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cudnnSetStream(nullptr, nullptr), CUDNN_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cudnnGetVersion(), size_t{CUDNN_VERSION});
  EXPECT_STREQ(cudnnGetErrorString(CUDNN_STATUS_NOT_SUPPORTED), "CUDNN_STATUS_NOT_SUPPORTED");
}

TEST(Handle, CallsThatAreNotThereSaySo) {
  EXPECT_EQ(cudnnSetCallback(
                CUDNN_SEV_ERROR_EN, nullptr,
                [](cudnnSeverity_t severity, void*, const cudnnDebug_t*, const char* message) {
                  EXPECT_EQ(severity, CUDNN_SEV_ERROR);
                  EXPECT_STREQ(message,
                               "cudnnConvolutionForward: not supported by cuDNN on the CPU");
                }),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnConvolutionForward(), CUDNN_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(cudnnSetCallback(0, nullptr, nullptr), CUDNN_STATUS_SUCCESS);
  char text[12];
  cudnnGetLastErrorString(text, sizeof(text));
  EXPECT_STREQ(text, "cudnnConvol");
}

}  // namespace
}  // namespace hostcuda::cudnn
