// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cudaMalloc and its kin, cudaFree, and how much is left.
#include <limits>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/bytes.h"
#include "hostcuda/runtime/memory/ordered.h"
#include "hostcuda/runtime/memory/table.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

cudaError_t allocate(void** pointer, std::size_t size, Kind kind, unsigned int flags) {
  if (!pointer) return cudaErrorInvalidValue;
  if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
  *pointer = nullptr;
  if (size == 0) return cudaSuccess;
  void* const memory = take_bytes(size);
  if (!memory) return cudaErrorMemoryAllocation;
  Table::instance().add({.base = reinterpret_cast<std::uintptr_t>(memory),
                         .size = size,
                         .capacity = size,
                         .kind = kind,
                         .flags = flags});
  *pointer = memory;
  return cudaSuccess;
}

/// Rows of `width` bytes, each at a multiple of the alignment; false when no size can hold them.
bool pitched_size(std::size_t width, std::size_t rows, std::size_t* pitch, std::size_t* size) {
  if (width > std::numeric_limits<std::size_t>::max() - kAlignment) return false;
  *pitch = (width + kAlignment - 1) / kAlignment * kAlignment;
  return !__builtin_mul_overflow(*pitch, rows, size);
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMalloc(void** pointer, size_t size) {
  return guarded([&] { return allocate(pointer, size, Kind::Device, 0); });
}

HOSTCUDA_API cudaError_t cudaMallocManaged(void** pointer, size_t size, unsigned int flags) {
  return guarded([&] {
    if (flags != cudaMemAttachGlobal && flags != cudaMemAttachHost) return cudaErrorInvalidValue;
    // Unlike cudaMalloc's, an empty managed allocation is an error.
    if (size == 0) return cudaErrorInvalidValue;
    return allocate(pointer, size, Kind::Managed, flags);
  });
}

HOSTCUDA_API cudaError_t cudaMallocPitch(void** pointer, size_t* pitch, size_t width,
                                         size_t height) {
  return guarded([&] {
    if (!pointer || !pitch) return cudaErrorInvalidValue;
    size_t size = 0;
    if (!pitched_size(width, height, pitch, &size)) return cudaErrorMemoryAllocation;
    return allocate(pointer, size, Kind::Device, 0);
  });
}

HOSTCUDA_API cudaError_t cudaMalloc3D(cudaPitchedPtr* pitched, cudaExtent extent) {
  return guarded([&] {
    if (!pitched) return cudaErrorInvalidValue;
    size_t rows = 0, size = 0;
    cudaPitchedPtr made = {nullptr, 0, extent.width, extent.height};
    if (__builtin_mul_overflow(extent.height, extent.depth, &rows) ||
        !pitched_size(extent.width, rows, &made.pitch, &size)) {
      return cudaErrorMemoryAllocation;
    }
    const cudaError_t error = allocate(&made.ptr, size, Kind::Device, 0);
    if (error == cudaSuccess) *pitched = made;
    return error;
  });
}

HOSTCUDA_API cudaError_t cudaFree(void* pointer) {
  return guarded([&] {
    if (!pointer) return cudaSuccess;
    if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
    if (const cudaError_t error = synchronize_device()) return error;
    return free_device(pointer);
  });
}

HOSTCUDA_API cudaError_t cudaMemGetInfo(size_t* free_bytes, size_t* total) {
  return guarded([&] {
    if (!free_bytes || !total) return cudaErrorInvalidValue;
    *total = memory_limit();
    *free_bytes = *total - memory_used();
    return cudaSuccess;
  });
}
