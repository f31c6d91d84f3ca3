// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arrays, textures and surfaces.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Arrays. */
cudaError_t cudaMallocArray(cudaArray_t* array, const struct cudaChannelFormatDesc* descriptor,
                            size_t width, size_t height HOSTCUDA_DEFAULT(0),
                            unsigned int flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaMalloc3DArray(cudaArray_t* array, const struct cudaChannelFormatDesc* descriptor,
                              struct cudaExtent extent, unsigned int flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaFreeArray(cudaArray_t array);
cudaError_t cudaMallocMipmappedArray(cudaMipmappedArray_t* mipmapped_array,
                                     const struct cudaChannelFormatDesc* descriptor,
                                     struct cudaExtent extent, unsigned int levels_count,
                                     unsigned int flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaGetMipmappedArrayLevel(cudaArray_t* level_array,
                                       cudaMipmappedArray_const_t mipmapped_array,
                                       unsigned int level);
cudaError_t cudaFreeMipmappedArray(cudaMipmappedArray_t mipmapped_array);

/** What is known of an array. */
cudaError_t cudaArrayGetInfo(struct cudaChannelFormatDesc* descriptor, struct cudaExtent* extent,
                             unsigned int* flags, cudaArray_t array);
cudaError_t cudaArrayGetPlane(cudaArray_t* plane_array, cudaArray_t array, unsigned int plane_idx);
cudaError_t cudaArrayGetMemoryRequirements(struct cudaArrayMemoryRequirements* memory_requirements,
                                           cudaArray_t array, int device);
cudaError_t cudaMipmappedArrayGetMemoryRequirements(
    struct cudaArrayMemoryRequirements* memory_requirements, cudaMipmappedArray_t mipmap,
    int device);
cudaError_t cudaArrayGetSparseProperties(struct cudaArraySparseProperties* sparse_properties,
                                         cudaArray_t array);
cudaError_t cudaMipmappedArrayGetSparseProperties(
    struct cudaArraySparseProperties* sparse_properties, cudaMipmappedArray_t mipmap);
cudaError_t cudaGetChannelDesc(struct cudaChannelFormatDesc* descriptor, cudaArray_const_t array);
struct cudaChannelFormatDesc cudaCreateChannelDesc(int x, int y, int z, int w,
                                                   enum cudaChannelFormatKind f);

/** Textures. */
cudaError_t cudaCreateTextureObject(cudaTextureObject_t* tex_object,
                                    const struct cudaResourceDesc* res_descriptor,
                                    const struct cudaTextureDesc* tex_descriptor,
                                    const struct cudaResourceViewDesc* res_view_descriptor);
cudaError_t cudaDestroyTextureObject(cudaTextureObject_t tex_object);
cudaError_t cudaGetTextureObjectResourceDesc(struct cudaResourceDesc* res_descriptor,
                                             cudaTextureObject_t tex_object);
cudaError_t cudaGetTextureObjectTextureDesc(struct cudaTextureDesc* tex_descriptor,
                                            cudaTextureObject_t tex_object);
cudaError_t cudaGetTextureObjectResourceViewDesc(struct cudaResourceViewDesc* res_view_descriptor,
                                                 cudaTextureObject_t tex_object);

/** Surfaces. */
cudaError_t cudaCreateSurfaceObject(cudaSurfaceObject_t* surf_object,
                                    const struct cudaResourceDesc* res_descriptor);
cudaError_t cudaDestroySurfaceObject(cudaSurfaceObject_t surf_object);
cudaError_t cudaGetSurfaceObjectResourceDesc(struct cudaResourceDesc* res_descriptor,
                                             cudaSurfaceObject_t surf_object);

HOSTCUDA_CALLS_END
