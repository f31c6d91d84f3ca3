// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The products over one format: S, D and H; plain, batched at strides, batched by lists; 32 and 64
// bit.
#include "hostcuda/cublas/gemm.h"

using hostcuda::cublas::Gemm;
using hostcuda::cublas::gemm;
using hostcuda::cublas::Operand;

namespace {

template <typename Element>
const void* const* list(const Element* const* pointers) {
  return reinterpret_cast<const void* const*>(pointers);
}

}  // namespace

// name: of the call without the suffix of its form; Int: int or int64_t.
#define HOSTCUDA_GEMM(name, suffix, Element, format, compute, Int)                             \
  HOSTCUDA_API cublasStatus_t name##suffix(                                                    \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n, \
      Int k, const Element* alpha, const Element* A, Int lda, const Element* B, Int ldb,       \
      const Element* beta, Element* C, Int ldc) {                                              \
    return gemm(handle, #name,                                                                 \
                Gemm{transa, transb, m, n, k, alpha, Operand{A, nullptr, 0, format, lda},      \
                     Operand{B, nullptr, 0, format, ldb}, beta,                                \
                     Operand{C, nullptr, 0, format, ldc}, compute, 1, false});                 \
  }

#define HOSTCUDA_GEMM_STRIDED(name, suffix, Element, format, compute, Int)                       \
  HOSTCUDA_API cublasStatus_t name##suffix(                                                      \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,   \
      Int k, const Element* alpha, const Element* A, Int lda, long long stride_a,                \
      const Element* B, Int ldb, long long stride_b, const Element* beta, Element* C, Int ldc,   \
      long long stride_c, Int batch_count) {                                                     \
    return gemm(handle, #name,                                                                   \
                Gemm{transa, transb, m, n, k, alpha, Operand{A, nullptr, stride_a, format, lda}, \
                     Operand{B, nullptr, stride_b, format, ldb}, beta,                           \
                     Operand{C, nullptr, stride_c, format, ldc}, compute, batch_count, false});  \
  }

#define HOSTCUDA_GEMM_BATCHED(name, suffix, Element, format, compute, Int)                      \
  HOSTCUDA_API cublasStatus_t name##suffix(                                                     \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n,  \
      Int k, const Element* alpha, const Element* const A[], Int lda, const Element* const B[], \
      Int ldb, const Element* beta, Element* const C[], Int ldc, Int batch_count) {             \
    return gemm(handle, #name,                                                                  \
                Gemm{transa, transb, m, n, k, alpha, Operand{nullptr, list(A), 0, format, lda}, \
                     Operand{nullptr, list(B), 0, format, ldb}, beta,                           \
                     Operand{nullptr, list(C), 0, format, ldc}, compute, batch_count, true});   \
  }

#define HOSTCUDA_GEMM_FAMILY(P, V2, Element, format, compute)                                  \
  HOSTCUDA_GEMM(cublas##P##gemm, V2, Element, format, compute, int)                            \
  HOSTCUDA_GEMM(cublas##P##gemm, V2##_64, Element, format, compute, int64_t)                   \
  HOSTCUDA_GEMM_STRIDED(cublas##P##gemmStridedBatched, , Element, format, compute, int)        \
  HOSTCUDA_GEMM_STRIDED(cublas##P##gemmStridedBatched, _64, Element, format, compute, int64_t) \
  HOSTCUDA_GEMM_BATCHED(cublas##P##gemmBatched, , Element, format, compute, int)               \
  HOSTCUDA_GEMM_BATCHED(cublas##P##gemmBatched, _64, Element, format, compute, int64_t)

HOSTCUDA_GEMM_FAMILY(S, _v2, float, CUDA_R_32F, CUBLAS_COMPUTE_32F)
HOSTCUDA_GEMM_FAMILY(D, _v2, double, CUDA_R_64F, CUBLAS_COMPUTE_64F)
HOSTCUDA_GEMM_FAMILY(H, , __half, CUDA_R_16F, CUBLAS_COMPUTE_16F)
