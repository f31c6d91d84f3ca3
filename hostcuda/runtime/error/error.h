// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How every call of the interface begins and ends: its guards, the thread's last error, the
// refusals.
#pragma once

#include <cuda_runtime_api.h>

#include <new>

/// Before the definition of every exported function.
#define HOSTCUDA_API extern "C" __attribute__((visibility("default")))

namespace hostcuda {

/// Keeps `code` as the calling thread's last error unless it is cudaSuccess; returns it. Any
/// thread.
cudaError_t record(cudaError_t code) noexcept;

/// What forbids any call just now, or cudaSuccess: the device's sticky error, or
/// cudaErrorNotPermitted inside a host function. Not recorded. Any thread.
cudaError_t gate() noexcept;

/// Writes one line to stderr naming the call, the first time it is made; records and returns
/// cudaErrorNotSupported. `call` is a literal: "cudaGraphConditionalHandleCreate". Any thread.
cudaError_t not_supported(const char* call) noexcept;

/// The device fails with `code`: every later call that is guarded returns it, and work in the
/// streams is dropped, until revive_device(). The first code stays. Any thread.
void fail_device(cudaError_t code) noexcept;

/// The device's sticky error, or cudaSuccess. Any thread.
cudaError_t device_error() noexcept;

/// Ends the sticky error; cudaDeviceReset calls it. Any thread.
void revive_device() noexcept;

/// While it lives the calling thread runs a host function: gate() is shut.
class HostFunctionScope {
 public:
  HostFunctionScope() noexcept;
  ~HostFunctionScope();
  HostFunctionScope(const HostFunctionScope&) = delete;
  HostFunctionScope& operator=(const HostFunctionScope&) = delete;
};

/// The body of a call that works even when the device has failed and inside host functions
/// (cudaDeviceReset, cudaRuntimeGetVersion). `body` returns a cudaError_t; it is recorded.
template <typename Body>
cudaError_t unguarded(Body&& body) noexcept {
  try {
    return record(body());
  } catch (const std::bad_alloc&) {
    return record(cudaErrorMemoryAllocation);
  } catch (...) {
    return record(cudaErrorUnknown);
  }
}

/// The body of every other call: gate() first.
///   HOSTCUDA_API cudaError_t cudaFree(void* p) { return hostcuda::guarded([&] { … }); }
template <typename Body>
cudaError_t guarded(Body&& body) noexcept {
  const cudaError_t closed = gate();
  if (closed != cudaSuccess) {
    return record(closed);
  }
  return unguarded(body);
}

}  // namespace hostcuda
