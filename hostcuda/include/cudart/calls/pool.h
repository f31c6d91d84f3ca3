// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory in the order of a stream, and the pools it comes from.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Taking and giving back in the order of a stream. */
cudaError_t cudaMallocAsync(void** pointer, size_t size, cudaStream_t stream);
cudaError_t cudaMallocFromPoolAsync(void** pointer, size_t size, cudaMemPool_t memory_pool,
                                    cudaStream_t stream);
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t stream);

/** Pools. */
cudaError_t cudaMemPoolCreate(cudaMemPool_t* memory_pool,
                              const struct cudaMemPoolProps* pool_props);
cudaError_t cudaMemPoolDestroy(cudaMemPool_t memory_pool);
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t memory_pool, size_t min_bytes_to_keep);
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t memory_pool, enum cudaMemPoolAttr attribute,
                                    void* value);
cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t memory_pool, enum cudaMemPoolAttr attribute,
                                    void* value);
cudaError_t cudaMemPoolSetAccess(cudaMemPool_t memory_pool,
                                 const struct cudaMemAccessDesc* descriptor_list, size_t count);
cudaError_t cudaMemPoolGetAccess(enum cudaMemAccessFlags* flags, cudaMemPool_t memory_pool,
                                 struct cudaMemLocation* location);

/** The pools of a device and of a place. */
cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* memory_pool, int device);
cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t memory_pool);
cudaError_t cudaDeviceGetMemPool(cudaMemPool_t* memory_pool, int device);
cudaError_t cudaMemGetDefaultMemPool(cudaMemPool_t* memory_pool, struct cudaMemLocation* location,
                                     enum cudaMemAllocationType type);
cudaError_t cudaMemGetMemPool(cudaMemPool_t* memory_pool, struct cudaMemLocation* location,
                              enum cudaMemAllocationType type);
cudaError_t cudaMemSetMemPool(struct cudaMemLocation* location, enum cudaMemAllocationType type,
                              cudaMemPool_t memory_pool);

/** Sharing with other processes. */
cudaError_t cudaMemPoolExportToShareableHandle(void* shareable_handle, cudaMemPool_t memory_pool,
                                               enum cudaMemAllocationHandleType handle_type,
                                               unsigned int flags);
cudaError_t cudaMemPoolImportFromShareableHandle(cudaMemPool_t* memory_pool, void* shareable_handle,
                                                 enum cudaMemAllocationHandleType handle_type,
                                                 unsigned int flags);
cudaError_t cudaMemPoolExportPointer(struct cudaMemPoolPtrExportData* export_data, void* pointer);
cudaError_t cudaMemPoolImportPointer(void** pointer, cudaMemPool_t memory_pool,
                                     struct cudaMemPoolPtrExportData* export_data);

HOSTCUDA_CALLS_END
