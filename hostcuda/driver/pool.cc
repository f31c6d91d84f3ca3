// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pools of memory: the runtime's own, under the driver's names for their parts.
#include "hostcuda/driver/call.h"

static_assert(sizeof(CUmemPoolProps) == sizeof(cudaMemPoolProps));
static_assert(sizeof(CUmemAccessDesc) == sizeof(cudaMemAccessDesc));
static_assert(sizeof(CUmemLocation) == sizeof(cudaMemLocation));

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice device) {
  return forward([&] { return cudaDeviceGetDefaultMemPool(pool, device); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceGetMemPool(CUmemoryPool* pool, CUdevice device) {
  return forward([&] { return cudaDeviceGetMemPool(pool, device); });
}

HOSTCUDA_DRIVER_API CUresult cuDeviceSetMemPool(CUdevice device, CUmemoryPool pool) {
  return forward([&] { return cudaDeviceSetMemPool(device, pool); });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolCreate(CUmemoryPool* pool, const CUmemPoolProps* properties) {
  return forward([&] {
    return cudaMemPoolCreate(pool, reinterpret_cast<const cudaMemPoolProps*>(properties));
  });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolDestroy(CUmemoryPool pool) {
  return forward([&] { return cudaMemPoolDestroy(pool); });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t bytes_to_keep) {
  return forward([&] { return cudaMemPoolTrimTo(pool, bytes_to_keep); });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute,
                                                   void* value) {
  return forward([&] {
    return cudaMemPoolSetAttribute(pool, static_cast<cudaMemPoolAttr>(attribute), value);
  });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolGetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute,
                                                   void* value) {
  return forward([&] {
    return cudaMemPoolGetAttribute(pool, static_cast<cudaMemPoolAttr>(attribute), value);
  });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolSetAccess(CUmemoryPool pool, const CUmemAccessDesc* map,
                                                size_t count) {
  return forward([&] {
    return cudaMemPoolSetAccess(pool, reinterpret_cast<const cudaMemAccessDesc*>(map), count);
  });
}

HOSTCUDA_DRIVER_API CUresult cuMemPoolGetAccess(CUmemAccess_flags* flags, CUmemoryPool pool,
                                                CUmemLocation* location) {
  return forward([&] {
    return cudaMemPoolGetAccess(reinterpret_cast<cudaMemAccessFlags*>(flags), pool,
                                reinterpret_cast<cudaMemLocation*>(location));
  });
}
