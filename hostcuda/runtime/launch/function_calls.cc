// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is known of a kernel, and how many of its blocks fit.
#include <algorithm>

#include "hostcuda/runtime/device/properties.h"
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/launch/kernels.h"

namespace hostcuda {
namespace {

/// What a host version is taken to need where only a compiler could tell.
constexpr int kRegistersPerThread = 32;

cudaError_t set_attribute(KernelRecord& kernel, cudaFuncAttribute attribute, int value) {
  switch (attribute) {
    case cudaFuncAttributeMaxDynamicSharedMemorySize:
      if (value < 0 || static_cast<std::size_t>(value) > kSharedOptIn) return cudaErrorInvalidValue;
      kernel.most_dynamic = static_cast<std::size_t>(value);
      return cudaSuccess;
    case cudaFuncAttributePreferredSharedMemoryCarveout:
      if (value < cudaSharedmemCarveoutDefault || value > cudaSharedmemCarveoutMaxShared) {
        return cudaErrorInvalidValue;
      }
      kernel.carveout = value;
      return cudaSuccess;
    case cudaFuncAttributeNonPortableClusterSizeAllowed:
    case cudaFuncAttributeClusterSchedulingPolicyPreference:
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}

/// Blocks of `threads` threads and `dynamic` bytes of shared memory on one multiprocessor.
int resident_blocks(int threads, std::size_t dynamic) {
  const int warps = (threads + kWarp - 1) / kWarp;
  const int by_threads = kThreadsPerProcessor / (warps * kWarp);
  const int by_registers = kRegisters / (warps * kWarp * kRegistersPerThread);
  const auto by_shared = static_cast<int>(kSharedPerProcessor / (dynamic + kSharedReserved));
  return std::min({by_threads, by_registers, by_shared, kBlocksPerProcessor});
}

cudaError_t occupancy(int* blocks, const void* function, int threads, std::size_t dynamic,
                      unsigned int flags) {
  if (!blocks || threads <= 0 || (flags & ~cudaOccupancyDisableCachingOverride)) {
    return cudaErrorInvalidValue;
  }
  const auto kernel = find_kernel(function);
  if (!kernel) return cudaErrorInvalidDeviceFunction;
  const bool fits = threads <= kMaxThreads && dynamic <= kSharedOptIn;
  *blocks = fits ? resident_blocks(threads, dynamic) : 0;
  return cudaSuccess;
}

/// Where the parameters before this one end: each is aligned as its size suggests.
std::size_t parameter_offset(const std::vector<std::size_t>& sizes, std::size_t index) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i <= index; ++i) {
    const std::size_t alignment =
        std::clamp<std::size_t>(sizes[i] & (~sizes[i] + 1), 1, alignof(std::max_align_t));
    offset = (offset + alignment - 1) / alignment * alignment;
    if (i < index) offset += sizes[i];
  }
  return offset;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes,
                                               const void* function) {
  return guarded([&] {
    if (!attributes) return cudaErrorInvalidValue;
    const auto kernel = find_kernel(function);
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *attributes = {};
    attributes->maxThreadsPerBlock = kMaxThreads;
    attributes->numRegs = kRegistersPerThread;
    attributes->ptxVersion = attributes->binaryVersion = 86;
    attributes->maxDynamicSharedSizeBytes = static_cast<int>(kernel->most_dynamic.load());
    attributes->preferredShmemCarveout = kernel->carveout;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute,
                                              int value) {
  return guarded([&] {
    const auto kernel = find_kernel(function);
    return kernel ? set_attribute(*kernel, attribute, value) : cudaErrorInvalidDeviceFunction;
  });
}

HOSTCUDA_API cudaError_t cudaKernelSetAttributeForDevice(cudaKernel_t kernel,
                                                         cudaFuncAttribute attribute, int value,
                                                         int device) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    const auto known = find_kernel(kernel);
    return known ? set_attribute(*known, attribute, value) : cudaErrorInvalidResourceHandle;
  });
}

HOSTCUDA_API cudaError_t cudaFuncSetCacheConfig(const void* function, cudaFuncCache config) {
  return guarded([&] {
    if (config < cudaFuncCachePreferNone || config > cudaFuncCachePreferEqual) {
      return cudaErrorInvalidValue;
    }
    return find_kernel(function) ? cudaSuccess : cudaErrorInvalidDeviceFunction;
  });
}

HOSTCUDA_API cudaError_t cudaFuncSetSharedMemConfig(const void* function,
                                                    cudaSharedMemConfig config) {
  return guarded([&] {
    if (config < cudaSharedMemBankSizeDefault || config > cudaSharedMemBankSizeEightByte) {
      return cudaErrorInvalidValue;
    }
    return find_kernel(function) ? cudaSuccess : cudaErrorInvalidDeviceFunction;
  });
}

HOSTCUDA_API cudaError_t cudaFuncGetName(const char** name, const void* function) {
  return guarded([&] {
    if (!name) return cudaErrorInvalidValue;
    const auto kernel = find_kernel(function);
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *name = kernel->name.c_str();
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaFuncGetParamInfo(const void* function, size_t index, size_t* offset,
                                              size_t* size) {
  return guarded([&] {
    if (!offset) return cudaErrorInvalidValue;
    const auto kernel = find_kernel(function);
    const auto host = kernel ? host_version(*kernel) : nullptr;
    if (!host) return cudaErrorInvalidDeviceFunction;
    if (index >= host->parameters.size()) return cudaErrorInvalidValue;
    *offset = parameter_offset(host->parameters, index);
    if (size) *size = host->parameters[index];
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGetFuncBySymbol(cudaFunction_t* handle, const void* symbol) {
  return guarded([&] {
    if (!handle) return cudaErrorInvalidValue;
    const auto kernel = find_kernel(symbol);
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *handle = reinterpret_cast<cudaFunction_t>(kernel.get());
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGetKernel(cudaKernel_t* handle, const void* function) {
  return guarded([&] {
    if (!handle) return cudaErrorInvalidValue;
    const auto kernel = find_kernel(function);
    if (!kernel) return cudaErrorInvalidDeviceFunction;
    *handle = reinterpret_cast<cudaKernel_t>(kernel.get());
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks,
                                                                       const void* function,
                                                                       int threads,
                                                                       size_t dynamic) {
  return guarded([&] { return occupancy(blocks, function, threads, dynamic, 0); });
}

HOSTCUDA_API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int* blocks, const void* function, int threads, size_t dynamic, unsigned int flags) {
  return guarded([&] { return occupancy(blocks, function, threads, dynamic, flags); });
}

HOSTCUDA_API cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t* bytes,
                                                                   const void* function, int blocks,
                                                                   int threads) {
  return guarded([&] {
    if (!bytes || blocks <= 0 || threads <= 0 || threads > kMaxThreads) {
      return cudaErrorInvalidValue;
    }
    if (!find_kernel(function)) return cudaErrorInvalidDeviceFunction;
    if (blocks > resident_blocks(threads, 0)) return cudaErrorInvalidValue;
    const std::size_t share = kSharedPerProcessor / static_cast<std::size_t>(blocks);
    *bytes = std::min(share - kSharedReserved, kSharedOptIn);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaOccupancyMaxPotentialClusterSize(int*, const void*,
                                                              const cudaLaunchConfig_t*) {
  return not_supported("cudaOccupancyMaxPotentialClusterSize");
}

HOSTCUDA_API cudaError_t cudaOccupancyMaxActiveClusters(int*, const void*,
                                                        const cudaLaunchConfig_t*) {
  return not_supported("cudaOccupancyMaxActiveClusters");
}
