// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels the process knows: compiled device code by its stub, and host versions.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "hostcuda/include/hostcuda.h"
#include "hostcuda/runtime/device/properties.h"

namespace hostcuda {

/// What carries a kernel out on the host.
struct HostVersion {
  hostcudaKernelFunction function = nullptr;
  void* data = nullptr;
  std::vector<std::size_t> parameters;  ///< bytes of each
};

/// A kernel. Also what a cudaKernel_t or cudaFunction_t points to.
struct KernelRecord {
  std::string name;
  const void* stub = nullptr;
  const void* part = nullptr;  ///< the program part that registered it, or null
  std::shared_ptr<const HostVersion> host;
  std::atomic<std::size_t> most_dynamic{kShared};  ///< dynamic shared memory it may be given
  std::atomic<int> carveout{cudaSharedmemCarveoutDefault};
  std::atomic<bool> complained{false};
};

/// The kernel behind a stub, a cudaKernel_t or a cudaFunction_t; null when there is none. A record
/// lives as long as someone holds it. Any thread.
std::shared_ptr<KernelRecord> find_kernel(const void* function);

/// The host version of the kernel: its own, or the one registered for its name; null when there is
/// none, which is said on stderr once a kernel. Any thread.
std::shared_ptr<const HostVersion> host_version(KernelRecord& kernel);

/// Makes compiled device code known. Any thread.
void add_device_kernel(const void* stub, const char* name, const void* part);

/// Forgets the device code of a program part. Any thread.
void remove_kernels(const void* part);

}  // namespace hostcuda
