// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names of version 12 that version 13 has under other names, or dropped.
#include "hostcuda/runtime/error/error.h"

HOSTCUDA_API cudaError_t cudaThreadSynchronize() { return cudaDeviceSynchronize(); }

HOSTCUDA_API cudaError_t cudaThreadExit() { return cudaDeviceReset(); }

HOSTCUDA_API cudaError_t cudaThreadSetLimit(cudaLimit limit, size_t value) {
  return cudaDeviceSetLimit(limit, value);
}

HOSTCUDA_API cudaError_t cudaThreadGetLimit(size_t* value, cudaLimit limit) {
  return cudaDeviceGetLimit(value, limit);
}

HOSTCUDA_API cudaError_t cudaThreadSetCacheConfig(cudaFuncCache config) {
  return cudaDeviceSetCacheConfig(config);
}

HOSTCUDA_API cudaError_t cudaThreadGetCacheConfig(cudaFuncCache* config) {
  return cudaDeviceGetCacheConfig(config);
}

// Once for devices without double precision; every device has it now.
HOSTCUDA_API cudaError_t cudaSetDoubleForDevice(double*) {
  return hostcuda::guarded([] { return cudaSuccess; });
}

HOSTCUDA_API cudaError_t cudaSetDoubleForHost(double*) {
  return hostcuda::guarded([] { return cudaSuccess; });
}
