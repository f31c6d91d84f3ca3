// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Occupancy of typed kernels.
#pragma once

#include "cuda_runtime_api.h"

template <class T>
inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, T function,
                                                                 int block_size,
                                                                 size_t shared_bytes) {
  return ::cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      blocks, reinterpret_cast<const void*>(function), block_size, shared_bytes);
}

template <class T>
inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, T function,
                                                                          int block_size,
                                                                          size_t shared_bytes,
                                                                          unsigned int flags) {
  return ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
      blocks, reinterpret_cast<const void*>(function), block_size, shared_bytes, flags);
}

/** The block size, a multiple of the warp size and at most `limit` (0: none), with the most threads
    resident on a multiprocessor; `shared_bytes` maps a block size to its dynamic shared memory.
    `min_grid` blocks of it fill the device. */
template <class SharedBytes, class T>
inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
    int* min_grid, int* block_size, T function, SharedBytes shared_bytes, int limit = 0,
    unsigned int flags = 0) {
  if (!min_grid || !block_size) return cudaErrorInvalidValue;
  int device = 0, processors = 0, warp = 0;
  cudaFuncAttributes known;
  cudaError_t error = ::cudaGetDevice(&device);
  if (!error) error = ::cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (!error) error = ::cudaDeviceGetAttribute(&warp, cudaDevAttrWarpSize, device);
  if (!error) error = ::cudaFuncGetAttributes(&known, reinterpret_cast<const void*>(function));
  if (error) return error;

  const int most = limit > 0 && limit < known.maxThreadsPerBlock ? limit : known.maxThreadsPerBlock;
  int best_threads = 0;
  for (int up = (most + warp - 1) / warp * warp; up > 0; up -= warp) {
    const int size = up < most ? up : most;
    int blocks = 0;
    error = ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        &blocks, reinterpret_cast<const void*>(function), size, shared_bytes(size), flags);
    if (error) return error;
    if (blocks * size > best_threads) {
      best_threads = blocks * size;
      *block_size = size;
      *min_grid = blocks * processors;
    }
  }
  return cudaSuccess;
}

template <class SharedBytes, class T>
inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int* min_grid, int* block_size,
                                                                  T function,
                                                                  SharedBytes shared_bytes,
                                                                  int limit = 0) {
  return ::cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(min_grid, block_size, function,
                                                                   shared_bytes, limit, 0);
}

template <class T>
inline cudaError_t cudaOccupancyMaxPotentialBlockSizeWithFlags(int* min_grid, int* block_size,
                                                               T function, size_t shared_bytes = 0,
                                                               int limit = 0,
                                                               unsigned int flags = 0) {
  return ::cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
      min_grid, block_size, function, [shared_bytes](int) { return shared_bytes; }, limit, flags);
}

template <class T>
inline cudaError_t cudaOccupancyMaxPotentialBlockSize(int* min_grid, int* block_size, T function,
                                                      size_t shared_bytes = 0, int limit = 0) {
  return ::cudaOccupancyMaxPotentialBlockSizeWithFlags(min_grid, block_size, function, shared_bytes,
                                                       limit, 0);
}

template <class T>
inline cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t* shared_bytes, T* function,
                                                             int blocks, int block_size) {
  return ::cudaOccupancyAvailableDynamicSMemPerBlock(
      shared_bytes, reinterpret_cast<const void*>(function), blocks, block_size);
}
