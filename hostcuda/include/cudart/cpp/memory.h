// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Typed pointers for the calls that take and give memory.
#pragma once

#include "cuda_runtime_api.h"

/** Every call here is the C call of the same name with the pointer's type kept. */
template <class T>
inline cudaError_t cudaMalloc(T** pointer, size_t size) {
  return ::cudaMalloc(reinterpret_cast<void**>(pointer), size);
}

template <class T>
inline cudaError_t cudaMallocManaged(T** pointer, size_t size,
                                     unsigned int flags = cudaMemAttachGlobal) {
  return ::cudaMallocManaged(reinterpret_cast<void**>(pointer), size, flags);
}

template <class T>
inline cudaError_t cudaMallocPitch(T** pointer, size_t* pitch, size_t width, size_t height) {
  return ::cudaMallocPitch(reinterpret_cast<void**>(pointer), pitch, width, height);
}

template <class T>
inline cudaError_t cudaHostAlloc(T** pointer, size_t size, unsigned int flags) {
  return ::cudaHostAlloc(reinterpret_cast<void**>(pointer), size, flags);
}

inline cudaError_t cudaMallocHost(void** pointer, size_t size, unsigned int flags) {
  return ::cudaHostAlloc(pointer, size, flags);
}

template <class T>
inline cudaError_t cudaMallocHost(T** pointer, size_t size, unsigned int flags = 0) {
  return ::cudaHostAlloc(reinterpret_cast<void**>(pointer), size, flags);
}

template <class T>
inline cudaError_t cudaHostGetDevicePointer(T** device, void* host, unsigned int flags) {
  return ::cudaHostGetDevicePointer(reinterpret_cast<void**>(device), host, flags);
}

template <class T>
inline cudaError_t cudaMallocAsync(T** pointer, size_t size, cudaStream_t stream) {
  return ::cudaMallocAsync(reinterpret_cast<void**>(pointer), size, stream);
}

inline cudaError_t cudaMallocAsync(void** pointer, size_t size, cudaMemPool_t pool,
                                   cudaStream_t stream) {
  return ::cudaMallocFromPoolAsync(pointer, size, pool, stream);
}

template <class T>
inline cudaError_t cudaMallocAsync(T** pointer, size_t size, cudaMemPool_t pool,
                                   cudaStream_t stream) {
  return ::cudaMallocFromPoolAsync(reinterpret_cast<void**>(pointer), size, pool, stream);
}

template <class T>
inline cudaError_t cudaMallocFromPoolAsync(T** pointer, size_t size, cudaMemPool_t pool,
                                           cudaStream_t stream) {
  return ::cudaMallocFromPoolAsync(reinterpret_cast<void**>(pointer), size, pool, stream);
}

template <class T>
inline cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, T* pointer, size_t length = 0,
                                            unsigned int flags = cudaMemAttachSingle) {
  return ::cudaStreamAttachMemAsync(stream, const_cast<void*>(static_cast<const void*>(pointer)),
                                    length, flags);
}

/** One set of attributes for the whole batch. */
template <class T, class U>
inline cudaError_t cudaMemcpyBatchAsync(T* const* targets, U* const* sources, const size_t* sizes,
                                        size_t count, cudaMemcpyAttributes attributes,
                                        cudaStream_t stream) {
  size_t first = 0;
  return ::cudaMemcpyBatchAsync(reinterpret_cast<void* const*>(targets),
                                reinterpret_cast<const void* const*>(sources), sizes, count,
                                &attributes, &first, 1, stream);
}

/** One place for the whole batch. */
template <class T>
inline cudaError_t cudaMemPrefetchBatchAsync(T** pointers, size_t* sizes, size_t count,
                                             cudaMemLocation location, unsigned long long flags,
                                             cudaStream_t stream) {
  size_t first = 0;
  return ::cudaMemPrefetchBatchAsync(reinterpret_cast<void**>(pointers), sizes, count, &location,
                                     &first, 1, flags, stream);
}
