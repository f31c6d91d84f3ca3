// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products over mixed formats. compute says in what alpha and beta are given: half, float, double
// or int32. What combination is not there answers CUBLAS_STATUS_NOT_SUPPORTED.
#pragma once

#include "cublas/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Float arithmetic and scalars over other formats. */
cublasStatus_t cublasSgemmEx(cublasHandle_t handle, cublasOperation_t transa,
                             cublasOperation_t transb, int m, int n, int k, const float* alpha,
                             const void* A, cudaDataType a_type, int lda, const void* B,
                             cudaDataType b_type, int ldb, const float* beta, void* C,
                             cudaDataType c_type, int ldc);
cublasStatus_t cublasSgemmEx_64(cublasHandle_t handle, cublasOperation_t transa,
                                cublasOperation_t transb, int64_t m, int64_t n, int64_t k,
                                const float* alpha, const void* A, cudaDataType a_type, int64_t lda,
                                const void* B, cudaDataType b_type, int64_t ldb, const float* beta,
                                void* C, cudaDataType c_type, int64_t ldc);

/** One product; a batch at strides; a batch by lists of pointers, read when the work runs. */
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa,
                            cublasOperation_t transb, int m, int n, int k, const void* alpha,
                            const void* A, cudaDataType a_type, int lda, const void* B,
                            cudaDataType b_type, int ldb, const void* beta, void* C,
                            cudaDataType c_type, int ldc, cublasComputeType_t compute,
                            cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmEx_64(cublasHandle_t handle, cublasOperation_t transa,
                               cublasOperation_t transb, int64_t m, int64_t n, int64_t k,
                               const void* alpha, const void* A, cudaDataType a_type, int64_t lda,
                               const void* B, cudaDataType b_type, int64_t ldb, const void* beta,
                               void* C, cudaDataType c_type, int64_t ldc,
                               cublasComputeType_t compute, cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa,
                                          cublasOperation_t transb, int m, int n, int k,
                                          const void* alpha, const void* A, cudaDataType a_type,
                                          int lda, long long stride_a, const void* B,
                                          cudaDataType b_type, int ldb, long long stride_b,
                                          const void* beta, void* C, cudaDataType c_type, int ldc,
                                          long long stride_c, int batch_count,
                                          cublasComputeType_t compute, cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmStridedBatchedEx_64(
    cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int64_t m, int64_t n,
    int64_t k, const void* alpha, const void* A, cudaDataType a_type, int64_t lda,
    long long stride_a, const void* B, cudaDataType b_type, int64_t ldb, long long stride_b,
    const void* beta, void* C, cudaDataType c_type, int64_t ldc, long long stride_c,
    int64_t batch_count, cublasComputeType_t compute, cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t transa,
                                   cublasOperation_t transb, int m, int n, int k, const void* alpha,
                                   const void* const A[], cudaDataType a_type, int lda,
                                   const void* const B[], cudaDataType b_type, int ldb,
                                   const void* beta, void* const C[], cudaDataType c_type, int ldc,
                                   int batch_count, cublasComputeType_t compute,
                                   cublasGemmAlgo_t algorithm);
cublasStatus_t cublasGemmBatchedEx_64(cublasHandle_t handle, cublasOperation_t transa,
                                      cublasOperation_t transb, int64_t m, int64_t n, int64_t k,
                                      const void* alpha, const void* const A[], cudaDataType a_type,
                                      int64_t lda, const void* const B[], cudaDataType b_type,
                                      int64_t ldb, const void* beta, void* const C[],
                                      cudaDataType c_type, int64_t ldc, int64_t batch_count,
                                      cublasComputeType_t compute, cublasGemmAlgo_t algorithm);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus

/** The compute type that older sources name by a number format, under the handle's math mode. */
static inline cublasStatus_t cublasMigrateComputeType(cublasHandle_t handle, cudaDataType_t format,
                                                      cublasComputeType_t* compute) {
  cublasMath_t mode = CUBLAS_DEFAULT_MATH;
  const cublasStatus_t status = cublasGetMathMode(handle, &mode);
  if (status != CUBLAS_STATUS_SUCCESS) {
    return status;
  }
  const bool pedantic = (mode & 0xf) == CUBLAS_PEDANTIC_MATH;
  switch (format) {
    case CUDA_R_32F:
    case CUDA_C_32F:
      *compute = pedantic ? CUBLAS_COMPUTE_32F_PEDANTIC : CUBLAS_COMPUTE_32F;
      return CUBLAS_STATUS_SUCCESS;
    case CUDA_R_64F:
    case CUDA_C_64F:
      *compute = pedantic ? CUBLAS_COMPUTE_64F_PEDANTIC : CUBLAS_COMPUTE_64F;
      return CUBLAS_STATUS_SUCCESS;
    case CUDA_R_16F:
      *compute = pedantic ? CUBLAS_COMPUTE_16F_PEDANTIC : CUBLAS_COMPUTE_16F;
      return CUBLAS_STATUS_SUCCESS;
    case CUDA_R_32I:
      *compute = pedantic ? CUBLAS_COMPUTE_32I_PEDANTIC : CUBLAS_COMPUTE_32I;
      return CUBLAS_STATUS_SUCCESS;
    default:
      return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

static inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa,
                                          cublasOperation_t transb, int m, int n, int k,
                                          const void* alpha, const void* A, cudaDataType a_type,
                                          int lda, const void* B, cudaDataType b_type, int ldb,
                                          const void* beta, void* C, cudaDataType c_type, int ldc,
                                          cudaDataType compute, cublasGemmAlgo_t algorithm) {
  cublasComputeType_t migrated = CUBLAS_COMPUTE_32F;
  const cublasStatus_t status = cublasMigrateComputeType(handle, compute, &migrated);
  return status != CUBLAS_STATUS_SUCCESS
             ? status
             : cublasGemmEx(handle, transa, transb, m, n, k, alpha, A, a_type, lda, B, b_type, ldb,
                            beta, C, c_type, ldc, migrated, algorithm);
}

static inline cublasStatus_t cublasGemmStridedBatchedEx(
    cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void* alpha, const void* A, cudaDataType a_type, int lda, long long stride_a,
    const void* B, cudaDataType b_type, int ldb, long long stride_b, const void* beta, void* C,
    cudaDataType c_type, int ldc, long long stride_c, int batch_count, cudaDataType compute,
    cublasGemmAlgo_t algorithm) {
  cublasComputeType_t migrated = CUBLAS_COMPUTE_32F;
  const cublasStatus_t status = cublasMigrateComputeType(handle, compute, &migrated);
  return status != CUBLAS_STATUS_SUCCESS
             ? status
             : cublasGemmStridedBatchedEx(handle, transa, transb, m, n, k, alpha, A, a_type, lda,
                                          stride_a, B, b_type, ldb, stride_b, beta, C, c_type, ldc,
                                          stride_c, batch_count, migrated, algorithm);
}

static inline cublasStatus_t cublasGemmBatchedEx(
    cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    const void* alpha, const void* const A[], cudaDataType a_type, int lda, const void* const B[],
    cudaDataType b_type, int ldb, const void* beta, void* const C[], cudaDataType c_type, int ldc,
    int batch_count, cudaDataType compute, cublasGemmAlgo_t algorithm) {
  cublasComputeType_t migrated = CUBLAS_COMPUTE_32F;
  const cublasStatus_t status = cublasMigrateComputeType(handle, compute, &migrated);
  return status != CUBLAS_STATUS_SUCCESS
             ? status
             : cublasGemmBatchedEx(handle, transa, transb, m, n, k, alpha, A, a_type, lda, B,
                                   b_type, ldb, beta, C, c_type, ldc, batch_count, migrated,
                                   algorithm);
}

#endif
