// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A matrix with a vector, sums of matrices, and copies of both between host and device.
#pragma once

#include "cublas/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** y = alpha op(A) x + beta y, with A of m rows and n columns; y is not read where beta is zero. */
cublasStatus_t cublasSgemv_v2(cublasHandle_t handle, cublasOperation_t trans, int m, int n,
                              const float* alpha, const float* A, int lda, const float* x, int incx,
                              const float* beta, float* y, int incy);
cublasStatus_t cublasSgemv_v2_64(cublasHandle_t handle, cublasOperation_t trans, int64_t m,
                                 int64_t n, const float* alpha, const float* A, int64_t lda,
                                 const float* x, int64_t incx, const float* beta, float* y,
                                 int64_t incy);
cublasStatus_t cublasDgemv_v2(cublasHandle_t handle, cublasOperation_t trans, int m, int n,
                              const double* alpha, const double* A, int lda, const double* x,
                              int incx, const double* beta, double* y, int incy);
cublasStatus_t cublasDgemv_v2_64(cublasHandle_t handle, cublasOperation_t trans, int64_t m,
                                 int64_t n, const double* alpha, const double* A, int64_t lda,
                                 const double* x, int64_t incx, const double* beta, double* y,
                                 int64_t incy);
cublasStatus_t cublasSgemvStridedBatched(cublasHandle_t handle, cublasOperation_t trans, int m,
                                         int n, const float* alpha, const float* A, int lda,
                                         long long stride_a, const float* x, int incx,
                                         long long stride_x, const float* beta, float* y, int incy,
                                         long long stride_y, int batch_count);
cublasStatus_t cublasSgemvStridedBatched_64(cublasHandle_t handle, cublasOperation_t trans,
                                            int64_t m, int64_t n, const float* alpha,
                                            const float* A, int64_t lda, long long stride_a,
                                            const float* x, int64_t incx, long long stride_x,
                                            const float* beta, float* y, int64_t incy,
                                            long long stride_y, int64_t batch_count);
cublasStatus_t cublasSgemvBatched(cublasHandle_t handle, cublasOperation_t trans, int m, int n,
                                  const float* alpha, const float* const A[], int lda,
                                  const float* const x[], int incx, const float* beta,
                                  float* const y[], int incy, int batch_count);
cublasStatus_t cublasSgemvBatched_64(cublasHandle_t handle, cublasOperation_t trans, int64_t m,
                                     int64_t n, const float* alpha, const float* const A[],
                                     int64_t lda, const float* const x[], int64_t incx,
                                     const float* beta, float* const y[], int64_t incy,
                                     int64_t batch_count);
cublasStatus_t cublasDgemvStridedBatched(cublasHandle_t handle, cublasOperation_t trans, int m,
                                         int n, const double* alpha, const double* A, int lda,
                                         long long stride_a, const double* x, int incx,
                                         long long stride_x, const double* beta, double* y,
                                         int incy, long long stride_y, int batch_count);
cublasStatus_t cublasDgemvStridedBatched_64(cublasHandle_t handle, cublasOperation_t trans,
                                            int64_t m, int64_t n, const double* alpha,
                                            const double* A, int64_t lda, long long stride_a,
                                            const double* x, int64_t incx, long long stride_x,
                                            const double* beta, double* y, int64_t incy,
                                            long long stride_y, int64_t batch_count);
cublasStatus_t cublasDgemvBatched(cublasHandle_t handle, cublasOperation_t trans, int m, int n,
                                  const double* alpha, const double* const A[], int lda,
                                  const double* const x[], int incx, const double* beta,
                                  double* const y[], int incy, int batch_count);
cublasStatus_t cublasDgemvBatched_64(cublasHandle_t handle, cublasOperation_t trans, int64_t m,
                                     int64_t n, const double* alpha, const double* const A[],
                                     int64_t lda, const double* const x[], int64_t incx,
                                     const double* beta, double* const y[], int64_t incy,
                                     int64_t batch_count);

/** C = alpha op(A) + beta op(B), with C of m rows and n columns. C may be A or B where that one is
   not transposed and has C's leading dimension. A matrix whose scalar is zero is not read. */
cublasStatus_t cublasSgeam(cublasHandle_t handle, cublasOperation_t transa,
                           cublasOperation_t transb, int m, int n, const float* alpha,
                           const float* A, int lda, const float* beta, const float* B, int ldb,
                           float* C, int ldc);
cublasStatus_t cublasSgeam_64(cublasHandle_t handle, cublasOperation_t transa,
                              cublasOperation_t transb, int64_t m, int64_t n, const float* alpha,
                              const float* A, int64_t lda, const float* beta, const float* B,
                              int64_t ldb, float* C, int64_t ldc);
cublasStatus_t cublasDgeam(cublasHandle_t handle, cublasOperation_t transa,
                           cublasOperation_t transb, int m, int n, const double* alpha,
                           const double* A, int lda, const double* beta, const double* B, int ldb,
                           double* C, int ldc);
cublasStatus_t cublasDgeam_64(cublasHandle_t handle, cublasOperation_t transa,
                              cublasOperation_t transb, int64_t m, int64_t n, const double* alpha,
                              const double* A, int64_t lda, const double* beta, const double* B,
                              int64_t ldb, double* C, int64_t ldc);

/** Copies of n elements of elem_size bytes, at steps; at once, or in the order of a stream. */
cublasStatus_t cublasSetVector(int n, int elem_size, const void* x, int incx, void* y, int incy);
cublasStatus_t cublasSetVector_64(int64_t n, int64_t elem_size, const void* x, int64_t incx,
                                  void* y, int64_t incy);
cublasStatus_t cublasSetVectorAsync(int n, int elem_size, const void* x, int incx, void* y,
                                    int incy, cudaStream_t stream);
cublasStatus_t cublasSetVectorAsync_64(int64_t n, int64_t elem_size, const void* x, int64_t incx,
                                       void* y, int64_t incy, cudaStream_t stream);
cublasStatus_t cublasGetVector(int n, int elem_size, const void* x, int incx, void* y, int incy);
cublasStatus_t cublasGetVector_64(int64_t n, int64_t elem_size, const void* x, int64_t incx,
                                  void* y, int64_t incy);
cublasStatus_t cublasGetVectorAsync(int n, int elem_size, const void* x, int incx, void* y,
                                    int incy, cudaStream_t stream);
cublasStatus_t cublasGetVectorAsync_64(int64_t n, int64_t elem_size, const void* x, int64_t incx,
                                       void* y, int64_t incy, cudaStream_t stream);

/** Copies of a matrix of rows by cols elements between leading dimensions. */
cublasStatus_t cublasSetMatrix(int rows, int cols, int elem_size, const void* A, int lda, void* B,
                               int ldb);
cublasStatus_t cublasSetMatrix_64(int64_t rows, int64_t cols, int64_t elem_size, const void* A,
                                  int64_t lda, void* B, int64_t ldb);
cublasStatus_t cublasSetMatrixAsync(int rows, int cols, int elem_size, const void* A, int lda,
                                    void* B, int ldb, cudaStream_t stream);
cublasStatus_t cublasSetMatrixAsync_64(int64_t rows, int64_t cols, int64_t elem_size, const void* A,
                                       int64_t lda, void* B, int64_t ldb, cudaStream_t stream);
cublasStatus_t cublasGetMatrix(int rows, int cols, int elem_size, const void* A, int lda, void* B,
                               int ldb);
cublasStatus_t cublasGetMatrix_64(int64_t rows, int64_t cols, int64_t elem_size, const void* A,
                                  int64_t lda, void* B, int64_t ldb);
cublasStatus_t cublasGetMatrixAsync(int rows, int cols, int elem_size, const void* A, int lda,
                                    void* B, int ldb, cudaStream_t stream);
cublasStatus_t cublasGetMatrixAsync_64(int64_t rows, int64_t cols, int64_t elem_size, const void* A,
                                       int64_t lda, void* B, int64_t ldb, cudaStream_t stream);

#ifdef __cplusplus
}
#endif
