// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cuBLASLt, opened when a build or an engine first needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tenon::cuda {

/// An algorithm as cuBLASLt keeps it: bytes that only the same version understands.
struct CublasAlgorithm {
  uint64_t data[8];
};
struct CublasFound {
  CublasAlgorithm algorithm;
  size_t workspace;
  int state;  ///< 0: usable
  float waves;
  int reserved[4];
};

/// Calls of cuBLASLt; all but version answer a cublasStatus_t, 0 being success. Names and
/// parameters are those of NVIDIA's public interface.
struct CublasLt {
  size_t (*version)();
  int (*create)(void** handle);
  int (*matmul)(void* handle, void* operation, const void* alpha, const void* a, void* a_layout,
                const void* b, void* b_layout, const void* beta, const void* c, void* c_layout,
                void* d, void* d_layout, const CublasAlgorithm* algorithm, void* workspace,
                size_t workspace_bytes, void* stream);
  int (*heuristic)(void* handle, void* operation, void* a_layout, void* b_layout, void* c_layout,
                   void* d_layout, void* preference, int wanted, CublasFound* found, int* count);
  int (*check)(void* handle, void* operation, void* a_layout, void* b_layout, void* c_layout,
               void* d_layout, const CublasAlgorithm* algorithm, CublasFound* found);
  int (*layout_create)(void** layout, int type, uint64_t rows, uint64_t columns, int64_t step);
  int (*layout_destroy)(void* layout);
  int (*layout_set)(void* layout, int attribute, const void* value, size_t bytes);
  int (*operation_create)(void** operation, int compute, int scale_type);
  int (*operation_destroy)(void* operation);
  int (*operation_set)(void* operation, int attribute, const void* value, size_t bytes);
  int (*preference_create)(void** preference);
  int (*preference_destroy)(void* preference);
  int (*preference_set)(void* preference, int attribute, const void* value, size_t bytes);
};

/// The library, or null where it is not installed. Looked for once a process. Any thread.
const CublasLt* cublas_lt() noexcept;
/// The handle for the thread's current GPU; null when there is none. Kept.
void* cublas_handle() noexcept;

}  // namespace tenon::cuda
