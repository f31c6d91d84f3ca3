// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The thread's last error, the device's sticky error, and refusals by name.
#include "hostcuda/runtime/error/error.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>
#include <string>

namespace hostcuda {
namespace {

thread_local cudaError_t last_error = cudaSuccess;
thread_local int host_functions = 0;
std::atomic<cudaError_t> sticky_error = cudaSuccess;

bool first_refusal(const char* call) {
  static std::mutex& mutex = *new std::mutex;
  static std::set<std::string>& told = *new std::set<std::string>;
  const std::lock_guard lock(mutex);
  return told.insert(call).second;
}

cudaError_t peek() { return sticky_error != cudaSuccess ? sticky_error.load() : last_error; }

}  // namespace

HostFunctionScope::HostFunctionScope() noexcept { ++host_functions; }
HostFunctionScope::~HostFunctionScope() { --host_functions; }

cudaError_t record(cudaError_t code) noexcept {
  if (code != cudaSuccess) {
    last_error = code;
  }
  return code;
}

cudaError_t gate() noexcept {
  return host_functions > 0 ? cudaErrorNotPermitted : sticky_error.load(std::memory_order_relaxed);
}

cudaError_t not_supported(const char* call) noexcept {
  try {
    if (first_refusal(call)) {
      std::fprintf(stderr, "hostcuda: %s is not supported by the CUDA runtime on the CPU\n", call);
    }
  } catch (...) {  // without memory for the list the line is what must not be lost
    std::fputs("hostcuda: a call is not supported by the CUDA runtime on the CPU\n", stderr);
  }
  return record(cudaErrorNotSupported);
}

/// For the table of refused calls, which knows no header of the interface.
int refuse(const char* call) noexcept { return not_supported(call); }

void fail_device(cudaError_t code) noexcept {
  cudaError_t none = cudaSuccess;
  sticky_error.compare_exchange_strong(none, code);
}

cudaError_t device_error() noexcept { return sticky_error; }

void revive_device() noexcept { sticky_error = cudaSuccess; }

}  // namespace hostcuda

HOSTCUDA_API cudaError_t cudaGetLastError() {
  const cudaError_t error = hostcuda::peek();
  hostcuda::last_error = cudaSuccess;
  return error;
}

HOSTCUDA_API cudaError_t cudaPeekAtLastError() { return hostcuda::peek(); }
