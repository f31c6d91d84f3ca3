// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The interface's numbers in words, for sentences.
#include "hostcuda/cublas/words.h"

#define HOSTCUDA_WORD(value) \
  case value:                \
    return #value

namespace hostcuda::cublas {

std::string format_name(cudaDataType format) {
  switch (format) {
    HOSTCUDA_WORD(CUDA_R_16F);
    HOSTCUDA_WORD(CUDA_C_16F);
    HOSTCUDA_WORD(CUDA_R_32F);
    HOSTCUDA_WORD(CUDA_C_32F);
    HOSTCUDA_WORD(CUDA_R_64F);
    HOSTCUDA_WORD(CUDA_C_64F);
    HOSTCUDA_WORD(CUDA_R_16BF);
    HOSTCUDA_WORD(CUDA_C_16BF);
    HOSTCUDA_WORD(CUDA_R_8I);
    HOSTCUDA_WORD(CUDA_C_8I);
    HOSTCUDA_WORD(CUDA_R_8U);
    HOSTCUDA_WORD(CUDA_R_16I);
    HOSTCUDA_WORD(CUDA_R_16U);
    HOSTCUDA_WORD(CUDA_R_32I);
    HOSTCUDA_WORD(CUDA_R_32U);
    HOSTCUDA_WORD(CUDA_R_64I);
    HOSTCUDA_WORD(CUDA_R_64U);
    HOSTCUDA_WORD(CUDA_R_8F_E4M3);
    HOSTCUDA_WORD(CUDA_R_8F_E5M2);
    HOSTCUDA_WORD(CUDA_R_4F_E2M1);
    default:
      return "cudaDataType " + std::to_string(static_cast<int>(format));
  }
}

std::string compute_name(cublasComputeType_t compute) {
  switch (compute) {
    HOSTCUDA_WORD(CUBLAS_COMPUTE_16F);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_16F_PEDANTIC);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F_PEDANTIC);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F_FAST_16F);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F_FAST_16BF);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F_FAST_TF32);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32F_EMULATED_16BFX9);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_64F);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_64F_PEDANTIC);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_64F_EMULATED_FIXEDPOINT);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32I);
    HOSTCUDA_WORD(CUBLAS_COMPUTE_32I_PEDANTIC);
    default:
      return "cublasComputeType_t " + std::to_string(static_cast<int>(compute));
  }
}

}  // namespace hostcuda::cublas
