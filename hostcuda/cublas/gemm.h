// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The matrix products of the interface, brought to one form: checked, then put on the stream.
#pragma once

#include <cstdint>

#include "hostcuda/cublas/handle.h"
#include "hostcuda/cublas/product.h"

namespace hostcuda::cublas {

/// One matrix of a call: one in memory, or those of a batch at strides of elements or by a list of
/// pointers. An output is const here and written by gemm() alone.
struct Operand {
  const void* data = nullptr;
  const void* const* list = nullptr;
  std::int64_t stride = 0;
  cudaDataType format = CUDA_R_32F;
  std::int64_t ld = 1;
};

/// What a call asks for, as it was given.
struct Gemm {
  cublasOperation_t transa = CUBLAS_OP_N, transb = CUBLAS_OP_N;
  std::int64_t m = 0, n = 0, k = 0;
  const void* alpha = nullptr;
  Operand a, b;
  const void* beta = nullptr;
  Operand c;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  std::int64_t batch = 1;
  bool listed = false;
};

/// Checks `gemm` and puts it on the handle's stream; `call` is a literal, for sentences.
cublasStatus_t gemm(cublasHandle_t handle, const char* call, const Gemm& gemm) noexcept;

}  // namespace hostcuda::cublas
