// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Plain copies; those without a stream are done when the call returns. */
cudaError_t cudaMemcpy(void* target, const void* source, size_t count, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t count,
                            enum cudaMemcpyKind kind, cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpyPeer(void* target, int target_device, const void* source, int source_device,
                           size_t count);
cudaError_t cudaMemcpyPeerAsync(void* target, int target_device, const void* source,
                                int source_device, size_t count,
                                cudaStream_t stream HOSTCUDA_DEFAULT(0));

/** Rows: width and pitches in bytes. */
cudaError_t cudaMemcpy2D(void* target, size_t dpitch, const void* source, size_t spitch,
                         size_t width, size_t height, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DAsync(void* target, size_t dpitch, const void* source, size_t spitch,
                              size_t width, size_t height, enum cudaMemcpyKind kind,
                              cudaStream_t stream HOSTCUDA_DEFAULT(0));

/** Boxes. */
cudaError_t cudaMemcpy3D(const struct cudaMemcpy3DParms* p);
cudaError_t cudaMemcpy3DAsync(const struct cudaMemcpy3DParms* p,
                              cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpy3DPeer(const struct cudaMemcpy3DPeerParms* p);
cudaError_t cudaMemcpy3DPeerAsync(const struct cudaMemcpy3DPeerParms* p,
                                  cudaStream_t stream HOSTCUDA_DEFAULT(0));

/** Batches. */
cudaError_t cudaMemcpyBatchAsync(void* const* dsts, const void* const* srcs, const size_t* sizes,
                                 size_t count, struct cudaMemcpyAttributes* attributes,
                                 size_t* attributes_indices, size_t attributes_count,
                                 cudaStream_t stream);
cudaError_t cudaMemcpy3DBatchAsync(size_t operations_count,
                                   struct cudaMemcpy3DBatchOp* operation_list,
                                   unsigned long long flags, cudaStream_t stream);

/** Variables of kernels. */
cudaError_t cudaMemcpyToSymbol(const void* symbol, const void* source, size_t count,
                               size_t offset HOSTCUDA_DEFAULT(0),
                               enum cudaMemcpyKind kind HOSTCUDA_DEFAULT(cudaMemcpyHostToDevice));
cudaError_t cudaMemcpyFromSymbol(void* target, const void* symbol, size_t count,
                                 size_t offset HOSTCUDA_DEFAULT(0),
                                 enum cudaMemcpyKind kind HOSTCUDA_DEFAULT(cudaMemcpyDeviceToHost));
cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* source, size_t count,
                                    size_t offset, enum cudaMemcpyKind kind,
                                    cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpyFromSymbolAsync(void* target, const void* symbol, size_t count, size_t offset,
                                      enum cudaMemcpyKind kind,
                                      cudaStream_t stream HOSTCUDA_DEFAULT(0));

/** Arrays. */
cudaError_t cudaMemcpy2DToArray(cudaArray_t target, size_t w_offset, size_t offset,
                                const void* source, size_t spitch, size_t width, size_t height,
                                enum cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DFromArray(void* target, size_t dpitch, cudaArray_const_t source,
                                  size_t w_offset, size_t offset, size_t width, size_t height,
                                  enum cudaMemcpyKind kind);
cudaError_t cudaMemcpy2DArrayToArray(
    cudaArray_t target, size_t w_offset_target, size_t offset_target, cudaArray_const_t source,
    size_t w_offset_source, size_t offset_source, size_t width, size_t height,
    enum cudaMemcpyKind kind HOSTCUDA_DEFAULT(cudaMemcpyDeviceToDevice));
cudaError_t cudaMemcpy2DToArrayAsync(cudaArray_t target, size_t w_offset, size_t offset,
                                     const void* source, size_t spitch, size_t width, size_t height,
                                     enum cudaMemcpyKind kind,
                                     cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpy2DFromArrayAsync(void* target, size_t dpitch, cudaArray_const_t source,
                                       size_t w_offset, size_t offset, size_t width, size_t height,
                                       enum cudaMemcpyKind kind,
                                       cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpyToArray(cudaArray_t target, size_t w_offset, size_t offset,
                              const void* source, size_t count, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpyFromArray(void* target, cudaArray_const_t source, size_t w_offset,
                                size_t offset, size_t count, enum cudaMemcpyKind kind);
cudaError_t cudaMemcpyArrayToArray(
    cudaArray_t target, size_t w_offset_target, size_t offset_target, cudaArray_const_t source,
    size_t w_offset_source, size_t offset_source, size_t count,
    enum cudaMemcpyKind kind HOSTCUDA_DEFAULT(cudaMemcpyDeviceToDevice));
cudaError_t cudaMemcpyToArrayAsync(cudaArray_t target, size_t w_offset, size_t offset,
                                   const void* source, size_t count, enum cudaMemcpyKind kind,
                                   cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemcpyFromArrayAsync(void* target, cudaArray_const_t source, size_t w_offset,
                                     size_t offset, size_t count, enum cudaMemcpyKind kind,
                                     cudaStream_t stream HOSTCUDA_DEFAULT(0));

HOSTCUDA_CALLS_END
