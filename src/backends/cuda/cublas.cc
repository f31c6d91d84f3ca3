// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding cuBLASLt.
#include "backends/cuda/cublas.h"

#include <map>
#include <mutex>
#include <optional>

#include "backends/cuda/library.h"
#include "device/gpu.h"

namespace tenon::cuda {

namespace {

std::optional<CublasLt> open_cublas() {
  void* library = device::open_cuda_library(device::kCublasLtNames);
  if (library == nullptr) return std::nullopt;
  CublasLt calls{};
  const bool all =
      find_call(library, "cublasLtGetVersion", calls.version) &&
      find_call(library, "cublasLtCreate", calls.create) &&
      find_call(library, "cublasLtMatmul", calls.matmul) &&
      find_call(library, "cublasLtMatmulAlgoGetHeuristic", calls.heuristic) &&
      find_call(library, "cublasLtMatmulAlgoCheck", calls.check) &&
      find_call(library, "cublasLtMatrixLayoutCreate", calls.layout_create) &&
      find_call(library, "cublasLtMatrixLayoutDestroy", calls.layout_destroy) &&
      find_call(library, "cublasLtMatrixLayoutSetAttribute", calls.layout_set) &&
      find_call(library, "cublasLtMatmulDescCreate", calls.operation_create) &&
      find_call(library, "cublasLtMatmulDescDestroy", calls.operation_destroy) &&
      find_call(library, "cublasLtMatmulDescSetAttribute", calls.operation_set) &&
      find_call(library, "cublasLtMatmulPreferenceCreate", calls.preference_create) &&
      find_call(library, "cublasLtMatmulPreferenceDestroy", calls.preference_destroy) &&
      find_call(library, "cublasLtMatmulPreferenceSetAttribute", calls.preference_set);
  if (!all) return std::nullopt;
  return calls;
}

}  // namespace

const CublasLt* cublas_lt() noexcept {
  static const std::optional<CublasLt> calls = open_cublas();
  return calls ? &*calls : nullptr;
}

void* cublas_handle() noexcept {
  static std::mutex mutex;
  static std::map<const device::Gpu*, void*> handles;
  const device::Gpu* gpu = device::Gpu::current();
  const CublasLt* lt = cublas_lt();
  if (gpu == nullptr || lt == nullptr) return nullptr;
  const std::lock_guard lock(mutex);
  void*& handle = handles[gpu];
  if (handle == nullptr && lt->create(&handle) != 0) handle = nullptr;
  return handle;
}

}  // namespace tenon::cuda
