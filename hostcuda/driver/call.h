// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How every driver call begins and ends: it goes through the runtime of this folder, whose codes it
// translates and whose last error it leaves alone.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdint>

/// Before the definition of every exported function.
#define HOSTCUDA_DRIVER_API extern "C" __attribute__((visibility("default")))

namespace hostcuda::driver {

/// The driver's code for one of the runtime: the same number wherever the driver has it.
CUresult translate(cudaError_t code) noexcept;

/// Writes one line to stderr, the first time `call` comes here: "hostcuda: <call> <why>"; returns
/// `code`. Both texts are literals. Any thread.
CUresult refuse(const char* call, const char* why, CUresult code) noexcept;

/// CUDA_SUCCESS if the calling thread has a context to work in (context.h), else
/// CUDA_ERROR_CONTEXT_IS_DESTROYED.
CUresult check_context() noexcept;

/// Runs `call`, which returns a cudaError_t, without leaving a trace in cudaGetLastError().
template <typename Call>
CUresult forward(Call&& call) noexcept {
  const cudaError_t before = cudaPeekAtLastError();
  const cudaError_t code = call();
  if (code != cudaSuccess && before == cudaSuccess) {
    static_cast<void>(cudaGetLastError());
  }
  return translate(code);
}

/// As forward(), for a call that works in the thread's context.
template <typename Call>
CUresult forward_in_context(Call&& call) noexcept {
  const CUresult context = check_context();
  return context == CUDA_SUCCESS ? forward(call) : context;
}

/// Device addresses are host addresses here.
inline void* address(CUdeviceptr pointer) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(pointer));
}
inline CUdeviceptr device_pointer(const void* pointer) {
  return static_cast<CUdeviceptr>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// The stream of a call's per-thread form: null means the calling thread's own.
inline CUstream own(CUstream stream) { return stream == nullptr ? CU_STREAM_PER_THREAD : stream; }

}  // namespace hostcuda::driver
