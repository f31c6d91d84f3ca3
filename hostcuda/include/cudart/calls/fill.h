// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fills, byte by byte.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** The low byte of `value` in each byte; those without a stream may return before the fill is done.
 */
cudaError_t cudaMemset(void* pointer, int value, size_t count);
cudaError_t cudaMemset2D(void* pointer, size_t pitch, int value, size_t width, size_t height);
cudaError_t cudaMemset3D(struct cudaPitchedPtr pitched_device_pointer, int value,
                         struct cudaExtent extent);
cudaError_t cudaMemsetAsync(void* pointer, int value, size_t count,
                            cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemset2DAsync(void* pointer, size_t pitch, int value, size_t width, size_t height,
                              cudaStream_t stream HOSTCUDA_DEFAULT(0));
cudaError_t cudaMemset3DAsync(struct cudaPitchedPtr pitched_device_pointer, int value,
                              struct cudaExtent extent, cudaStream_t stream HOSTCUDA_DEFAULT(0));

HOSTCUDA_CALLS_END
