// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The products over mixed formats: plain, batched at strides, batched by lists; 32 and 64 bit.
#include "hostcuda/cublas/gemm.h"

using hostcuda::cublas::Gemm;
using hostcuda::cublas::gemm;
using hostcuda::cublas::Operand;

// The algorithm is a hint, and there is one for each combination.
#define HOSTCUDA_GEMM_EX(suffix, Int)                                                             \
  HOSTCUDA_API cublasStatus_t cublasSgemmEx##suffix(                                              \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,    \
      Int k, const float* alpha, const void* A, cudaDataType a_type, Int lda, const void* B,      \
      cudaDataType b_type, Int ldb, const float* beta, void* C, cudaDataType c_type, Int ldc) {   \
    return gemm(handle, "cublasSgemmEx",                                                          \
                Gemm{transa, transb, m, n, k, alpha, Operand{A, nullptr, 0, a_type, lda},         \
                     Operand{B, nullptr, 0, b_type, ldb}, beta,                                   \
                     Operand{C, nullptr, 0, c_type, ldc}, CUBLAS_COMPUTE_32F, 1, false});         \
  }                                                                                               \
  HOSTCUDA_API cublasStatus_t cublasGemmEx##suffix(                                               \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,    \
      Int k, const void* alpha, const void* A, cudaDataType a_type, Int lda, const void* B,       \
      cudaDataType b_type, Int ldb, const void* beta, void* C, cudaDataType c_type, Int ldc,      \
      cublasComputeType_t compute, cublasGemmAlgo_t) {                                            \
    return gemm(handle, "cublasGemmEx",                                                           \
                Gemm{transa, transb, m, n, k, alpha, Operand{A, nullptr, 0, a_type, lda},         \
                     Operand{B, nullptr, 0, b_type, ldb}, beta,                                   \
                     Operand{C, nullptr, 0, c_type, ldc}, compute, 1, false});                    \
  }                                                                                               \
  HOSTCUDA_API cublasStatus_t cublasGemmStridedBatchedEx##suffix(                                 \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,    \
      Int k, const void* alpha, const void* A, cudaDataType a_type, Int lda, long long stride_a,  \
      const void* B, cudaDataType b_type, Int ldb, long long stride_b, const void* beta, void* C, \
      cudaDataType c_type, Int ldc, long long stride_c, Int batch_count,                          \
      cublasComputeType_t compute, cublasGemmAlgo_t) {                                            \
    return gemm(handle, "cublasGemmStridedBatchedEx",                                             \
                Gemm{transa, transb, m, n, k, alpha, Operand{A, nullptr, stride_a, a_type, lda},  \
                     Operand{B, nullptr, stride_b, b_type, ldb}, beta,                            \
                     Operand{C, nullptr, stride_c, c_type, ldc}, compute, batch_count, false});   \
  }                                                                                               \
  HOSTCUDA_API cublasStatus_t cublasGemmBatchedEx##suffix(                                        \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,    \
      Int k, const void* alpha, const void* const A[], cudaDataType a_type, Int lda,              \
      const void* const B[], cudaDataType b_type, Int ldb, const void* beta, void* const C[],     \
      cudaDataType c_type, Int ldc, Int batch_count, cublasComputeType_t compute,                 \
      cublasGemmAlgo_t) {                                                                         \
    return gemm(handle, "cublasGemmBatchedEx",                                                    \
                Gemm{transa, transb, m, n, k, alpha, Operand{nullptr, A, 0, a_type, lda},         \
                     Operand{nullptr, B, 0, b_type, ldb}, beta,                                   \
                     Operand{nullptr, C, 0, c_type, ldc}, compute, batch_count, true});           \
  }

HOSTCUDA_GEMM_EX(, int)
HOSTCUDA_GEMM_EX(_64, int64_t)
