// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory: taking, giving back, registering and asking.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Device memory, at least 256-byte aligned. Freeing null does nothing; freeing waits for the
 * device. */
cudaError_t cudaMalloc(void** pointer, size_t size);
cudaError_t cudaMallocManaged(void** pointer, size_t size,
                              unsigned int flags HOSTCUDA_DEFAULT(cudaMemAttachGlobal));
cudaError_t cudaMallocPitch(void** pointer, size_t* pitch, size_t width, size_t height);
cudaError_t cudaMalloc3D(struct cudaPitchedPtr* pitched_device_pointer, struct cudaExtent extent);
cudaError_t cudaFree(void* pointer);

/** Host memory the device may reach. */
cudaError_t cudaMallocHost(void** pointer, size_t size);
cudaError_t cudaHostAlloc(void** host, size_t size, unsigned int flags);
cudaError_t cudaFreeHost(void* pointer);
cudaError_t cudaHostRegister(void* pointer, size_t size, unsigned int flags);
cudaError_t cudaHostUnregister(void* pointer);
cudaError_t cudaHostGetDevicePointer(void** device, void* host, unsigned int flags);
cudaError_t cudaHostGetFlags(unsigned int* flags, void* host);

/** Bytes left and bytes in all. */
cudaError_t cudaMemGetInfo(size_t* free_bytes, size_t* total);

/** What is known of a pointer; an unknown one is cudaMemoryTypeUnregistered and no error. */
cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes* attributes, const void* pointer);

/** Hints for managed memory. */
cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t count, struct cudaMemLocation location,
                                 unsigned int flags, cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                      struct cudaMemLocation* prefetch_locs,
                                      size_t* prefetch_loc_indices, size_t prefetch_locs_count,
                                      unsigned long long flags, cudaStream_t stream);
cudaError_t cudaMemDiscardBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                     unsigned long long flags, cudaStream_t stream);
cudaError_t cudaMemDiscardAndPrefetchBatchAsync(void** dptrs, size_t* sizes, size_t count,
                                                struct cudaMemLocation* prefetch_locs,
                                                size_t* prefetch_loc_indices,
                                                size_t prefetch_locs_count,
                                                unsigned long long flags, cudaStream_t stream);
cudaError_t cudaMemAdvise(const void* pointer, size_t count, enum cudaMemoryAdvise advice,
                          struct cudaMemLocation location);
cudaError_t cudaMemRangeGetAttribute(void* data, size_t data_size,
                                     enum cudaMemRangeAttribute attribute, const void* pointer,
                                     size_t count);
cudaError_t cudaMemRangeGetAttributes(void** data, size_t* data_sizes,
                                      enum cudaMemRangeAttribute* attributes,
                                      size_t attributes_count, const void* pointer, size_t count);

/** Memory of other processes. */
cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t* handle, void* pointer);
cudaError_t cudaIpcOpenMemHandle(void** pointer, cudaIpcMemHandle_t handle, unsigned int flags);
cudaError_t cudaIpcCloseMemHandle(void* pointer);

HOSTCUDA_CALLS_END
