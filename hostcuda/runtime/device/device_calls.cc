// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Choosing the device, its settings, its end, and versions.
#include <atomic>

#include "hostcuda/runtime/device/properties.h"
#include "hostcuda/runtime/error/form12.h"
#include "hostcuda/runtime/memory/ordered.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// What programs built with version 12 are told they run on.
constexpr int kRuntime12 = 12090;

std::atomic<unsigned int> device_flags{cudaDeviceScheduleAuto};
std::atomic<cudaFuncCache> cache_config{cudaFuncCachePreferNone};
std::atomic<cudaSharedMemConfig> bank_config{cudaSharedMemBankSizeFourByte};

/// Kept and given back, by cudaLimit.
constexpr int kLimits = cudaLimitPersistingL2CacheSize + 1;
constexpr std::size_t kFirstLimits[kLimits] = {1024, 1 << 20, 8 << 20, 2, 2048, 64, 0};
std::atomic<std::size_t> limits[kLimits] = {1024, 1 << 20, 8 << 20, 2, 2048, 64, 0};

bool is_device(int device) { return device >= 0 && device < kDevices; }

/// At most one way of waiting, and nothing unknown.
cudaError_t check_flags(unsigned int flags) {
  const unsigned int schedule = flags & cudaDeviceScheduleMask;
  const bool one_way = (schedule & (schedule - 1)) == 0;
  return (flags & ~static_cast<unsigned int>(cudaDeviceMask)) == 0 && one_way
             ? cudaSuccess
             : cudaErrorInvalidValue;
}

void reset_settings() {
  device_flags = cudaDeviceScheduleAuto;
  cache_config = cudaFuncCachePreferNone;
  bank_config = cudaSharedMemBankSizeFourByte;
  for (int i = 0; i < kLimits; ++i) limits[i] = kFirstLimits[i];
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaGetDevice(int* device) {
  return guarded([&] {
    if (!device) return cudaErrorInvalidValue;
    *device = 0;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaSetDevice(int device) {
  return guarded([&] { return is_device(device) ? cudaSuccess : cudaErrorInvalidDevice; });
}

HOSTCUDA_API cudaError_t cudaInitDevice(int device, unsigned int flags, unsigned int valid) {
  return guarded([&] {
    if (!is_device(device)) return cudaErrorInvalidDevice;
    if (!(valid & cudaInitDeviceFlagsAreValid)) return cudaSuccess;
    const cudaError_t error = check_flags(flags);
    if (error == cudaSuccess) device_flags = flags;
    return error;
  });
}

HOSTCUDA_API cudaError_t cudaSetValidDevices(int* devices, int count) {
  return guarded([&] {
    if (count < 0 || (count > 0 && !devices)) return cudaErrorInvalidValue;
    for (int i = 0; i < count; ++i) {
      if (!is_device(devices[i])) return cudaErrorInvalidDevice;
    }
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaSetDeviceFlags(unsigned int flags) {
  return guarded([&] {
    const cudaError_t error = check_flags(flags);
    if (error == cudaSuccess) device_flags = flags;
    return error;
  });
}

HOSTCUDA_API cudaError_t cudaGetDeviceFlags(unsigned int* flags) {
  return guarded([&] {
    if (!flags) return cudaErrorInvalidValue;
    // All host memory is mapped, asked for or not.
    *flags = device_flags | cudaDeviceMapHost;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceSetLimit(cudaLimit limit, size_t value) {
  return guarded([&] {
    if (limit < 0 || limit >= kLimits) return cudaErrorUnsupportedLimit;
    limits[limit] = value;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetLimit(size_t* value, cudaLimit limit) {
  return guarded([&] {
    if (!value) return cudaErrorInvalidValue;
    if (limit < 0 || limit >= kLimits) return cudaErrorUnsupportedLimit;
    *value = limits[limit];
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache config) {
  return guarded([&] {
    if (config < cudaFuncCachePreferNone || config > cudaFuncCachePreferEqual) {
      return cudaErrorInvalidValue;
    }
    cache_config = config;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetCacheConfig(cudaFuncCache* config) {
  return guarded([&] {
    if (!config) return cudaErrorInvalidValue;
    *config = cache_config;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceSetSharedMemConfig(cudaSharedMemConfig config) {
  return guarded([&] {
    if (config < cudaSharedMemBankSizeDefault || config > cudaSharedMemBankSizeEightByte) {
      return cudaErrorInvalidValue;
    }
    bank_config = config;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetSharedMemConfig(cudaSharedMemConfig* config) {
  return guarded([&] {
    if (!config) return cudaErrorInvalidValue;
    *config = bank_config;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaCtxResetPersistingL2Cache() {
  return guarded([] { return cudaSuccess; });
}

HOSTCUDA_API cudaError_t cudaDeviceReset() {
  return unguarded([] {
    reset_streams();
    reset_memory();
    reset_settings();
    revive_device();
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDriverGetVersion(int* version) {
  return unguarded([&] {
    if (!version) return cudaErrorInvalidValue;
    *version = CUDART_VERSION;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaRuntimeGetVersion(int* version) {
  return unguarded([&] {
    if (!version) return cudaErrorInvalidValue;
    *version = CUDART_VERSION;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaRuntimeGetVersion_form12(int* version) {
  return unguarded([&] {
    if (!version) return cudaErrorInvalidValue;
    *version = kRuntime12;
    return cudaSuccess;
  });
}
HOSTCUDA_FORM12(cudaRuntimeGetVersion);

// Nothing is profiled, but a program may frame what it would have profiled.
HOSTCUDA_API cudaError_t cudaProfilerStart() {
  return guarded([] { return cudaSuccess; });
}

HOSTCUDA_API cudaError_t cudaProfilerStop() {
  return guarded([] { return cudaSuccess; });
}
