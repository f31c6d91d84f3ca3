// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory by way of the runtime: device, managed and host.
#include "hostcuda/driver/call.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

/// Runs a call of the runtime that makes a pointer, and gives it as a device address.
template <typename Take>
CUresult take(CUdeviceptr* pointer, Take&& take_memory) {
  if (pointer == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  void* made = nullptr;
  const CUresult taken = forward_in_context([&] { return take_memory(&made); });
  if (taken == CUDA_SUCCESS) {
    *pointer = device_pointer(made);
  }
  return taken;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
  return forward_in_context([&] { return cudaMemGetInfo(free_bytes, total); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes) {
  if (bytes == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return take(pointer, [&](void** made) { return cudaMalloc(made, bytes); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocPitch_v2(CUdeviceptr* pointer, size_t* pitch, size_t width,
                                                size_t height, unsigned int element_bytes) {
  if (element_bytes != 4 && element_bytes != 8 && element_bytes != 16) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return take(pointer, [&](void** made) { return cudaMallocPitch(made, pitch, width, height); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocManaged(CUdeviceptr* pointer, size_t bytes,
                                               unsigned int flags) {
  return take(pointer, [&](void** made) { return cudaMallocManaged(made, bytes, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuMemFree_v2(CUdeviceptr pointer) {
  return forward_in_context([&] { return cudaFree(address(pointer)); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocHost_v2(void** pointer, size_t bytes) {
  return forward_in_context([&] { return cudaHostAlloc(pointer, bytes, cudaHostAllocDefault); });
}

HOSTCUDA_DRIVER_API CUresult cuMemHostAlloc(void** pointer, size_t bytes, unsigned int flags) {
  return forward_in_context([&] { return cudaHostAlloc(pointer, bytes, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuMemFreeHost(void* pointer) {
  return forward_in_context([&] { return cudaFreeHost(pointer); });
}

HOSTCUDA_DRIVER_API CUresult cuMemHostRegister_v2(void* pointer, size_t bytes, unsigned int flags) {
  return forward_in_context([&] { return cudaHostRegister(pointer, bytes, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuMemHostUnregister(void* pointer) {
  return forward_in_context([&] { return cudaHostUnregister(pointer); });
}

HOSTCUDA_DRIVER_API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* host,
                                                          unsigned int flags) {
  return take(device, [&](void** made) { return cudaHostGetDevicePointer(made, host, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuMemHostGetFlags(unsigned int* flags, void* host) {
  return forward_in_context([&] { return cudaHostGetFlags(flags, host); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocAsync(CUdeviceptr* pointer, size_t bytes, CUstream stream) {
  return take(pointer, [&](void** made) { return cudaMallocAsync(made, bytes, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuMemAllocFromPoolAsync(CUdeviceptr* pointer, size_t bytes,
                                                     CUmemoryPool pool, CUstream stream) {
  return take(pointer,
              [&](void** made) { return cudaMallocFromPoolAsync(made, bytes, pool, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuMemFreeAsync(CUdeviceptr pointer, CUstream stream) {
  return forward_in_context([&] { return cudaFreeAsync(address(pointer), stream); });
}
