// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The device's own context: retained and released in pairs, shared with the runtime.
#include <mutex>

#include "hostcuda/driver/context.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

std::mutex g_mutex;
unsigned int g_retained = 0;  // guarded by g_mutex

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  if (context == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  const std::lock_guard lock(g_mutex);
  ++g_retained;
  *context = primary_context();
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  const std::lock_guard lock(g_mutex);
  if (g_retained == 0) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  --g_retained;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned int flags) {
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  if ((flags & ~unsigned{CU_CTX_FLAGS_MASK}) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  primary_context()->flags = flags;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int* flags,
                                                        int* active) {
  if (flags == nullptr || active == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  const std::lock_guard lock(g_mutex);
  *flags = primary_context()->flags;
  *active = g_retained > 0 ? 1 : 0;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  return forward([] { return cudaDeviceReset(); });
}
