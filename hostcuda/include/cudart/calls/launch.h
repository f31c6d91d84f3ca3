// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Launches of kernels, what is known of a kernel, occupancy.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Puts a kernel on a stream. `function` is the address of its stub on the host; arguments are
 * copied during the call. */
cudaError_t cudaLaunchKernel(const void* function, dim3 grid_dim, dim3 block_dim, void** args,
                             size_t shared_memory, cudaStream_t stream);
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function,
                                void** args);
cudaError_t cudaLaunchCooperativeKernel(const void* function, dim3 grid_dim, dim3 block_dim,
                                        void** args, size_t shared_memory, cudaStream_t stream);

/** What is known of a kernel and what may be set. */
cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes* attribute, const void* function);
cudaError_t cudaFuncSetAttribute(const void* function, enum cudaFuncAttribute attribute, int value);
cudaError_t cudaFuncSetCacheConfig(const void* function, enum cudaFuncCache cache_config);
cudaError_t cudaFuncSetSharedMemConfig(const void* function, enum cudaSharedMemConfig config);
cudaError_t cudaFuncGetName(const char** name, const void* function);
cudaError_t cudaFuncGetParamInfo(const void* function, size_t param_index, size_t* param_offset,
                                 size_t* param_size);
cudaError_t cudaGetFuncBySymbol(cudaFunction_t* function_pointer, const void* symbol_pointer);
cudaError_t cudaGetKernel(cudaKernel_t* kernel_pointer, const void* entry_function_addr);

/** How many blocks fit. */
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks_count, const void* function,
                                                          int block_size,
                                                          size_t dynamic_s_memory_size);
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks_count,
                                                                   const void* function,
                                                                   int block_size,
                                                                   size_t dynamic_s_memory_size,
                                                                   unsigned int flags);
cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t* dynamic_smem_size,
                                                      const void* function, int blocks_count,
                                                      int block_size);
cudaError_t cudaOccupancyMaxPotentialClusterSize(int* cluster_size, const void* function,
                                                 const cudaLaunchConfig_t* launch_config);
cudaError_t cudaOccupancyMaxActiveClusters(int* clusters_count, const void* function,
                                           const cudaLaunchConfig_t* launch_config);

/** Variables of kernels. */
cudaError_t cudaGetSymbolAddress(void** pointer, const void* symbol);
cudaError_t cudaGetSymbolSize(size_t* size, const void* symbol);

HOSTCUDA_CALLS_END
