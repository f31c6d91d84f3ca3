// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory, semaphores and images of other interfaces; this runtime refuses them by name.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Memory. */
cudaError_t cudaImportExternalMemory(
    cudaExternalMemory_t* out_ext_memory,
    const struct cudaExternalMemoryHandleDesc* memory_handle_descriptor);
cudaError_t cudaExternalMemoryGetMappedBuffer(
    void** pointer, cudaExternalMemory_t ext_memory,
    const struct cudaExternalMemoryBufferDesc* buffer_descriptor);
cudaError_t cudaExternalMemoryGetMappedMipmappedArray(
    cudaMipmappedArray_t* mipmap, cudaExternalMemory_t ext_memory,
    const struct cudaExternalMemoryMipmappedArrayDesc* mipmap_descriptor);
cudaError_t cudaDestroyExternalMemory(cudaExternalMemory_t ext_memory);

/** Semaphores. */
cudaError_t cudaImportExternalSemaphore(
    cudaExternalSemaphore_t* out_ext_semaphore,
    const struct cudaExternalSemaphoreHandleDesc* semaphore_handle_descriptor);
cudaError_t cudaSignalExternalSemaphoresAsync(
    const cudaExternalSemaphore_t* ext_semaphore_array,
    const struct cudaExternalSemaphoreSignalParams* params_array, unsigned int ext_sems_count,
    cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaWaitExternalSemaphoresAsync(
    const cudaExternalSemaphore_t* ext_semaphore_array,
    const struct cudaExternalSemaphoreWaitParams* params_array, unsigned int ext_sems_count,
    cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaDestroyExternalSemaphore(cudaExternalSemaphore_t ext_semaphore);

/** Graphics. */
cudaError_t cudaGraphicsUnregisterResource(cudaGraphicsResource_t resource);
cudaError_t cudaGraphicsResourceSetMapFlags(cudaGraphicsResource_t resource, unsigned int flags);
cudaError_t cudaGraphicsMapResources(int count, cudaGraphicsResource_t* resources,
                                     cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaGraphicsUnmapResources(int count, cudaGraphicsResource_t* resources,
                                       cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaGraphicsResourceGetMappedPointer(void** pointer, size_t* size,
                                                 cudaGraphicsResource_t resource);
cudaError_t cudaGraphicsSubResourceGetMappedArray(cudaArray_t* array,
                                                  cudaGraphicsResource_t resource,
                                                  unsigned int array_index, unsigned int mip_level);
cudaError_t cudaGraphicsResourceGetMappedMipmappedArray(cudaMipmappedArray_t* mipmapped_array,
                                                        cudaGraphicsResource_t resource);

HOSTCUDA_CALLS_END
