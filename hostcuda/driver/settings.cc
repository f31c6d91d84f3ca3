// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls on the context that the runtime makes on the device: waiting, limits, priorities.
#include <cuda_profiler_api.h>

#include "hostcuda/driver/call.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuCtxSynchronize() {
  return forward_in_context([] { return cudaDeviceSynchronize(); });
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  return forward_in_context([&] { return cudaDeviceGetStreamPriorityRange(least, greatest); });
}

HOSTCUDA_DRIVER_API CUresult cuCtxSetLimit(CUlimit limit, size_t value) {
  return forward_in_context(
      [&] { return cudaDeviceSetLimit(static_cast<cudaLimit>(limit), value); });
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetLimit(size_t* value, CUlimit limit) {
  return forward_in_context(
      [&] { return cudaDeviceGetLimit(value, static_cast<cudaLimit>(limit)); });
}

HOSTCUDA_DRIVER_API CUresult cuCtxSetCacheConfig(CUfunc_cache config) {
  return forward_in_context(
      [&] { return cudaDeviceSetCacheConfig(static_cast<cudaFuncCache>(config)); });
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetCacheConfig(CUfunc_cache* config) {
  return forward_in_context(
      [&] { return cudaDeviceGetCacheConfig(reinterpret_cast<cudaFuncCache*>(config)); });
}

HOSTCUDA_DRIVER_API CUresult cuProfilerStart() {
  return forward_in_context([] { return cudaProfilerStart(); });
}

HOSTCUDA_DRIVER_API CUresult cuProfilerStop() {
  return forward_in_context([] { return cudaProfilerStop(); });
}
