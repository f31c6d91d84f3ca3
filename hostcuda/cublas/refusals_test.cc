// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <cstdint>
#include <string>

#include "hostcuda/cublas/test_matrix.h"

extern "C" cublasStatus_t cublasCgemm_v2();

namespace hostcuda::cublas {
namespace {

class Refusals : public Cublas {
 protected:
  void SetUp() override {
    Cublas::SetUp();
    ASSERT_EQ(cublasSetLoggerCallback([](const char* text) { said() = text; }),
              CUBLAS_STATUS_SUCCESS);
    said().clear();
  }
  void TearDown() override {
    EXPECT_EQ(cublasSetLoggerCallback(nullptr), CUBLAS_STATUS_SUCCESS);
    Cublas::TearDown();
  }
  static std::string& said() {
    static std::string text;
    return text;
  }
  cublasStatus_t sgemm(int m, int n, int k, int lda, int ldb, int ldc,
                       cublasOperation_t op = CUBLAS_OP_N) {
    return cublasSgemm(handle_, op, CUBLAS_OP_N, m, n, k, &one_, m_, lda, m_, ldb, &one_, out_,
                       ldc);
  }
  float m_[64] = {}, out_[64] = {}, one_ = 1;
};

TEST_F(Refusals, HandlesThatAreNone) {
  cublasHandle_t gone = nullptr;
  ASSERT_EQ(cublasCreate(&gone), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cublasDestroy(gone), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(cublasDestroy(gone), CUBLAS_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cublasSscal(gone, 1, &one_, m_, 1), CUBLAS_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(cublasSetStream(nullptr, nullptr), CUBLAS_STATUS_NOT_INITIALIZED);
  EXPECT_EQ(said(), "cublasSetStream: the handle is none that cublasCreate made and that lives");
  EXPECT_EQ(cublasCreate(nullptr), CUBLAS_STATUS_INVALID_VALUE);
}

TEST_F(Refusals, SizesAndLeadingDimensions) {
  EXPECT_EQ(sgemm(-1, 2, 2, 2, 2, 2), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(sgemm(4, 2, 2, 3, 2, 4), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(said(), "cublasSgemm: lda 3 is less than the 4 rows that the matrix has in memory");
  EXPECT_EQ(sgemm(4, 2, 3, 2, 3, 4, CUBLAS_OP_T), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(sgemm(4, 2, 3, 4, 2, 4), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(sgemm(4, 2, 3, 4, 3, 3), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(sgemm(2, 2, 2, 2, 2, 2, static_cast<cublasOperation_t>(9)),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(said(), "cublasSgemm: transa is no operation: 9");
  EXPECT_EQ(sgemm(0, 2, 2, 1, 2, 1), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(sgemm(2, 2, 0, 2, 1, 2), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST_F(Refusals, NullPointers) {
  EXPECT_EQ(cublasSgemm(handle_, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, nullptr, m_, 1, m_, 1, &one_,
                        out_, 1),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSgemm(handle_, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one_, nullptr, 1, m_, 1, &one_,
                        out_, 1),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(said(), "cublasSgemm: A is a null pointer");
  EXPECT_EQ(cublasSdot(handle_, 1, m_, 1, m_, 1, nullptr), CUBLAS_STATUS_INVALID_VALUE);
}

TEST_F(Refusals, CombinationsByName) {
  const auto call = [&](cudaDataType ab, cudaDataType c, cublasComputeType_t compute) {
    return cublasGemmEx(handle_, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one_, m_, ab, 1, m_, ab, 1,
                        &one_, out_, c, 1, compute, CUBLAS_GEMM_DEFAULT);
  };
  EXPECT_EQ(call(CUDA_R_16F, CUDA_R_64F, CUBLAS_COMPUTE_32F), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(said(),
            "cublasGemmEx: A CUDA_R_16F, B CUDA_R_16F, C CUDA_R_64F with CUBLAS_COMPUTE_32F is not "
            "supported");
  EXPECT_EQ(call(CUDA_C_32F, CUDA_C_32F, CUBLAS_COMPUTE_32F), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(call(CUDA_R_8F_E4M3, CUDA_R_16F, CUBLAS_COMPUTE_32F), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(call(CUDA_R_16F, CUDA_R_32F, CUBLAS_COMPUTE_16F), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(cublasCgemm_v2(), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(said(), "cublasCgemm_v2: not supported by cuBLAS on the CPU");
}

TEST_F(Refusals, ModesAndStreams) {
  EXPECT_EQ(cublasSetPointerMode(handle_, static_cast<cublasPointerMode_t>(2)),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSetMathMode(handle_, static_cast<cublasMath_t>(7)), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSetStream(handle_, reinterpret_cast<cudaStream_t>(m_)),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSetWorkspace(handle_, reinterpret_cast<void*>(std::uintptr_t{257}), 8),
            CUBLAS_STATUS_INVALID_VALUE);
}

TEST_F(Refusals, AResultForTheHostUnderACapture) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cublasSetStream(handle_, stream), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), cudaSuccess);
  EXPECT_EQ(cublasSnrm2(handle_, 4, m_, 1, out_), CUBLAS_STATUS_NOT_SUPPORTED);
  ASSERT_EQ(cublasSetPointerMode(handle_, CUBLAS_POINTER_MODE_DEVICE), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(cublasSnrm2(handle_, 4, m_, 1, out_), CUBLAS_STATUS_SUCCESS);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  ASSERT_EQ(cublasSetStream(handle_, nullptr), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST_F(Refusals, NamesOfAnswers) {
  EXPECT_STREQ(cublasGetStatusName(CUBLAS_STATUS_NOT_SUPPORTED), "CUBLAS_STATUS_NOT_SUPPORTED");
  EXPECT_STRNE(cublasGetStatusString(CUBLAS_STATUS_NOT_SUPPORTED),
               cublasGetStatusString(CUBLAS_STATUS_SUCCESS));
  EXPECT_STREQ(cublasGetStatusName(static_cast<cublasStatus_t>(99)), "unrecognized status");
}

}  // namespace
}  // namespace hostcuda::cublas
