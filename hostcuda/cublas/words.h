// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The interface's numbers in words, for sentences.
#pragma once

#include <cublas_v2.h>

#include <string>

namespace hostcuda::cublas {

/// Is it an operation on real matrices?
inline bool is_operation(cublasOperation_t op) {
  return op == CUBLAS_OP_N || op == CUBLAS_OP_T || op == CUBLAS_OP_C;
}

/// "CUDA_R_16F", or the number where it has no name here.
std::string format_name(cudaDataType format);

/// "CUBLAS_COMPUTE_32F", or the number where it has no name here.
std::string compute_name(cublasComputeType_t compute);

}  // namespace hostcuda::cublas
