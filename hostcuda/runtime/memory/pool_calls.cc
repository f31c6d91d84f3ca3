// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pools as programs see them.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/pool.h"

namespace hostcuda {
namespace {

bool on_device(const cudaMemLocation* location) {
  return location && location->type == cudaMemLocationTypeDevice;
}

/// What makes a pool impossible, or cudaSuccess.
cudaError_t check_props(const cudaMemPoolProps& props) {
  if (props.allocType != cudaMemAllocationTypePinned) return cudaErrorInvalidValue;
  if (props.handleTypes != cudaMemHandleTypeNone) {
    return not_supported("cudaMemPoolCreate with handles for other processes");
  }
  if (props.location.type != cudaMemLocationTypeDevice) {
    return not_supported("cudaMemPoolCreate for memory that is not the device's");
  }
  return props.location.id == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t give_pool(cudaMemPool_t* pool, const cudaMemLocation* location,
                      cudaMemAllocationType type, cudaMemPool_t answer) {
  if (!pool || !on_device(location) || type != cudaMemAllocationTypePinned) {
    return cudaErrorInvalidValue;
  }
  if (location->id != 0) return cudaErrorInvalidDevice;
  *pool = answer;
  return cudaSuccess;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* props) {
  return guarded([&] {
    if (!pool || !props) return cudaErrorInvalidValue;
    if (const cudaError_t error = check_props(*props)) return error;
    *pool = make_pool(*props);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
  return guarded([&] {
    if (!is_pool(pool) || pool == default_pool()) return cudaErrorInvalidValue;
    destroy_pool(pool);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolTrimTo(cudaMemPool_t pool, size_t keep) {
  return guarded([&] {
    if (!is_pool(pool)) return cudaErrorInvalidValue;
    pool->trim(keep);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute,
                                                 void* value) {
  return guarded([&] {
    if (!is_pool(pool) || !value) return cudaErrorInvalidValue;
    return pool->set(attribute, value);
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute,
                                                 void* value) {
  return guarded([&] {
    if (!is_pool(pool) || !value) return cudaErrorInvalidValue;
    return pool->get(attribute, value);
  });
}

// One device, which always reads and writes its own pools.
HOSTCUDA_API cudaError_t cudaMemPoolSetAccess(cudaMemPool_t pool,
                                              const cudaMemAccessDesc* descriptors, size_t count) {
  return guarded([&] {
    if (!is_pool(pool) || (count > 0 && !descriptors)) return cudaErrorInvalidValue;
    for (size_t i = 0; i < count; ++i) {
      if (!on_device(&descriptors[i].location)) return cudaErrorInvalidValue;
      if (descriptors[i].location.id != 0) return cudaErrorInvalidDevice;
      if (descriptors[i].flags != cudaMemAccessFlagsProtReadWrite) return cudaErrorInvalidValue;
    }
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolGetAccess(cudaMemAccessFlags* flags, cudaMemPool_t pool,
                                              cudaMemLocation* location) {
  return guarded([&] {
    if (!flags || !is_pool(pool) || !on_device(location)) return cudaErrorInvalidValue;
    if (location->id != 0) return cudaErrorInvalidDevice;
    *flags = cudaMemAccessFlagsProtReadWrite;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    if (!pool) return cudaErrorInvalidValue;
    *pool = default_pool();
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceGetMemPool(cudaMemPool_t* pool, int device) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    if (!pool) return cudaErrorInvalidValue;
    *pool = current_pool();
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t pool) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    if (!is_pool(pool)) return cudaErrorInvalidValue;
    use_pool(pool);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemGetDefaultMemPool(cudaMemPool_t* pool, cudaMemLocation* location,
                                                  cudaMemAllocationType type) {
  return guarded([&] { return give_pool(pool, location, type, default_pool()); });
}

HOSTCUDA_API cudaError_t cudaMemGetMemPool(cudaMemPool_t* pool, cudaMemLocation* location,
                                           cudaMemAllocationType type) {
  return guarded([&] { return give_pool(pool, location, type, current_pool()); });
}

HOSTCUDA_API cudaError_t cudaMemSetMemPool(cudaMemLocation* location, cudaMemAllocationType type,
                                           cudaMemPool_t pool) {
  return guarded([&] {
    if (!is_pool(pool)) return cudaErrorInvalidValue;
    cudaMemPool_t before = nullptr;
    if (const cudaError_t error = give_pool(&before, location, type, current_pool())) return error;
    use_pool(pool);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemPoolExportToShareableHandle(void*, cudaMemPool_t,
                                                            cudaMemAllocationHandleType,
                                                            unsigned int) {
  return not_supported("cudaMemPoolExportToShareableHandle");
}

HOSTCUDA_API cudaError_t cudaMemPoolImportFromShareableHandle(cudaMemPool_t*, void*,
                                                              cudaMemAllocationHandleType,
                                                              unsigned int) {
  return not_supported("cudaMemPoolImportFromShareableHandle");
}

HOSTCUDA_API cudaError_t cudaMemPoolExportPointer(cudaMemPoolPtrExportData*, void*) {
  return not_supported("cudaMemPoolExportPointer");
}

HOSTCUDA_API cudaError_t cudaMemPoolImportPointer(void**, cudaMemPool_t,
                                                  cudaMemPoolPtrExportData*) {
  return not_supported("cudaMemPoolImportPointer");
}
