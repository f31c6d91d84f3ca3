// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies of vectors and matrices between host and device.
#include <algorithm>
#include <cstdint>

#include "hostcuda/cublas/handle.h"

using hostcuda::cublas::refuse;

namespace {

/// Where a copy goes and how: at once, or in the order of a stream.
struct Way {
  cudaMemcpyKind kind;
  bool in_order;
  cudaStream_t stream;
};

/// `columns` runs of `bytes`, at pitches in bytes.
cublasStatus_t copy(const Way& way, void* to, std::size_t to_pitch, const void* from,
                    std::size_t from_pitch, std::size_t bytes, std::size_t columns) {
  if (bytes == 0 || columns == 0) {
    return CUBLAS_STATUS_SUCCESS;
  }
  const cudaError_t error =
      way.in_order
          ? cudaMemcpy2DAsync(to, to_pitch, from, from_pitch, bytes, columns, way.kind, way.stream)
          : cudaMemcpy2D(to, to_pitch, from, from_pitch, bytes, columns, way.kind);
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_MAPPING_ERROR;
}

cublasStatus_t copy_vector(const char* call, const Way& way, std::int64_t n, std::int64_t elem_size,
                           const void* x, std::int64_t incx, void* y, std::int64_t incy) {
  if (n < 0 || elem_size <= 0 || incx <= 0 || incy <= 0) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "sizes and steps must be positive: n ", n,
                  ", elemSize ", elem_size, ", incx ", incx, ", incy ", incy);
  }
  const auto size = static_cast<std::size_t>(elem_size);
  return incx == 1 && incy == 1
             ? copy(way, y, size * static_cast<std::size_t>(n), x,
                    size * static_cast<std::size_t>(n), size * static_cast<std::size_t>(n), n > 0)
             : copy(way, y, size * static_cast<std::size_t>(incy), x,
                    size * static_cast<std::size_t>(incx), size, static_cast<std::size_t>(n));
}

cublasStatus_t copy_matrix(const char* call, const Way& way, std::int64_t rows, std::int64_t cols,
                           std::int64_t elem_size, const void* a, std::int64_t lda, void* b,
                           std::int64_t ldb) {
  const std::int64_t least = std::max<std::int64_t>(1, rows);
  if (rows < 0 || cols < 0 || elem_size <= 0 || lda < least || ldb < least) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "sizes do not fit: rows ", rows, ", cols ",
                  cols, ", elemSize ", elem_size, ", lda ", lda, ", ldb ", ldb);
  }
  const auto size = static_cast<std::size_t>(elem_size);
  return copy(way, b, size * static_cast<std::size_t>(ldb), a, size * static_cast<std::size_t>(lda),
              size * static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
}

}  // namespace

#define HOSTCUDA_TRANSFER(Verb, kind, suffix, Int)                                                 \
  HOSTCUDA_API cublasStatus_t cublas##Verb##Vector##suffix(Int n, Int elem_size, const void* x,    \
                                                           Int incx, void* y, Int incy) {          \
    return copy_vector("cublas" #Verb "Vector", {kind, false, nullptr}, n, elem_size, x, incx, y,  \
                       incy);                                                                      \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##Verb##VectorAsync##suffix(                                   \
      Int n, Int elem_size, const void* x, Int incx, void* y, Int incy, cudaStream_t stream) {     \
    return copy_vector("cublas" #Verb "VectorAsync", {kind, true, stream}, n, elem_size, x, incx,  \
                       y, incy);                                                                   \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##Verb##Matrix##suffix(                                        \
      Int rows, Int cols, Int elem_size, const void* A, Int lda, void* B, Int ldb) {               \
    return copy_matrix("cublas" #Verb "Matrix", {kind, false, nullptr}, rows, cols, elem_size, A,  \
                       lda, B, ldb);                                                               \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##Verb##MatrixAsync##suffix(Int rows, Int cols, Int elem_size, \
                                                                const void* A, Int lda, void* B,   \
                                                                Int ldb, cudaStream_t stream) {    \
    return copy_matrix("cublas" #Verb "MatrixAsync", {kind, true, stream}, rows, cols, elem_size,  \
                       A, lda, B, ldb);                                                            \
  }

HOSTCUDA_TRANSFER(Set, cudaMemcpyHostToDevice, , int)
HOSTCUDA_TRANSFER(Set, cudaMemcpyHostToDevice, _64, int64_t)
HOSTCUDA_TRANSFER(Get, cudaMemcpyDeviceToHost, , int)
HOSTCUDA_TRANSFER(Get, cudaMemcpyDeviceToHost, _64, int64_t)
