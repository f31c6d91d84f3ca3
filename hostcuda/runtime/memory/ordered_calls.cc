// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// cudaMallocAsync, cudaFreeAsync and what graphs hold of memory.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/ordered.h"
#include "hostcuda/runtime/memory/pool.h"
#include "hostcuda/runtime/memory/table.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// While a stream captures: a node that allocates, whose address is known from now on.
cudaError_t record_allocation(void** pointer, std::size_t size, cudaStream_t stream) {
  Allocate op;
  op.params.poolProps.allocType = cudaMemAllocationTypePinned;
  op.params.poolProps.location = {cudaMemLocationTypeDevice, 0};
  op.params.bytesize = size;
  if (const cudaError_t error = reserve(op)) return error;
  void* const reserved = op.params.dptr;
  if (const cudaError_t error = submit(stream, std::move(op))) return error;
  *pointer = reserved;
  return cudaSuccess;
}

cudaError_t allocate_ordered(void** pointer, std::size_t size, cudaMemPool_t pool,
                             cudaStream_t stream) {
  if (!pointer || !is_pool(pool)) return cudaErrorInvalidValue;
  bool capturing = false;
  if (const cudaError_t error = is_capturing(stream, &capturing)) return error;
  *pointer = nullptr;
  if (size == 0) return cudaSuccess;
  if (capturing) return record_allocation(pointer, size, stream);
  std::size_t capacity = 0;
  void* memory = pool->take(size, &capacity);
  if (!memory) {
    // Releases that are still queued may hold what is missing.
    if (const cudaError_t error = synchronize_device()) return error;
    memory = pool->take(size, &capacity);
  }
  if (!memory) return cudaErrorMemoryAllocation;
  // Memory comes back to a pool only when the work before its release is done: whoever gets it may
  // use it at once, in whatever stream.
  Table::instance().add({.base = reinterpret_cast<std::uintptr_t>(memory),
                         .size = size,
                         .capacity = capacity,
                         .kind = Kind::Ordered,
                         .pool = pool});
  *pointer = memory;
  return cudaSuccess;
}

/// Sets or clears the mark that keeps new work and second releases away.
bool mark_releasing(void* pointer, bool releasing) {
  return Table::instance().change(pointer, [&](Allocation& allocation) {
    if (allocation.kind == Kind::Graph) return true;
    if (allocation.kind != Kind::Ordered || allocation.releasing == releasing) return false;
    allocation.releasing = releasing;
    return true;
  });
}

cudaError_t free_ordered(void* pointer, cudaStream_t stream) {
  if (!pointer) return cudaSuccess;
  bool capturing = false;
  if (const cudaError_t error = is_capturing(stream, &capturing)) return error;
  const Release op{pointer};
  if (const cudaError_t error = check_release(op)) return error;
  if (capturing) return submit(stream, op);
  if (!mark_releasing(pointer, true)) return cudaErrorInvalidValue;
  const cudaError_t error = submit(stream, op);
  if (error != cudaSuccess) mark_releasing(pointer, false);
  return error;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMallocAsync(void** pointer, size_t size, cudaStream_t stream) {
  return guarded([&] { return allocate_ordered(pointer, size, current_pool(), stream); });
}

HOSTCUDA_API cudaError_t cudaMallocAsync_ptsz(void** pointer, size_t size, cudaStream_t stream) {
  return cudaMallocAsync(pointer, size, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMallocFromPoolAsync(void** pointer, size_t size, cudaMemPool_t pool,
                                                 cudaStream_t stream) {
  return guarded([&] { return allocate_ordered(pointer, size, pool, stream); });
}

HOSTCUDA_API cudaError_t cudaMallocFromPoolAsync_ptsz(void** pointer, size_t size,
                                                      cudaMemPool_t pool, cudaStream_t stream) {
  return cudaMallocFromPoolAsync(pointer, size, pool, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaFreeAsync(void* pointer, cudaStream_t stream) {
  return guarded([&] { return free_ordered(pointer, stream); });
}

HOSTCUDA_API cudaError_t cudaFreeAsync_ptsz(void* pointer, cudaStream_t stream) {
  return cudaFreeAsync(pointer, per_thread(stream));
}

// A graph gives its memory back with its last node: there is nothing kept that could be trimmed.
HOSTCUDA_API cudaError_t cudaDeviceGraphMemTrim(int device) {
  return guarded([&] { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; });
}

HOSTCUDA_API cudaError_t cudaDeviceGetGraphMemAttribute(int device,
                                                        cudaGraphMemAttributeType attribute,
                                                        void* value) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    if (!value) return cudaErrorInvalidValue;
    const GraphMemory memory = graph_memory();
    auto& number = *static_cast<std::uint64_t*>(value);
    switch (attribute) {
      case cudaGraphMemAttrUsedMemCurrent:
        number = memory.used;
        return cudaSuccess;
      case cudaGraphMemAttrUsedMemHigh:
        number = memory.used_high;
        return cudaSuccess;
      case cudaGraphMemAttrReservedMemCurrent:
        number = memory.reserved;
        return cudaSuccess;
      case cudaGraphMemAttrReservedMemHigh:
        number = memory.reserved_high;
        return cudaSuccess;
    }
    return cudaErrorInvalidValue;
  });
}

HOSTCUDA_API cudaError_t cudaDeviceSetGraphMemAttribute(int device,
                                                        cudaGraphMemAttributeType attribute,
                                                        void* value) {
  return guarded([&] {
    if (device != 0) return cudaErrorInvalidDevice;
    const bool used = attribute == cudaGraphMemAttrUsedMemHigh;
    const bool reserved = attribute == cudaGraphMemAttrReservedMemHigh;
    // Only the high marks can be set, and only back to what is there now, asked for with 0.
    if (!value || !(used || reserved) || *static_cast<std::uint64_t*>(value) != 0) {
      return cudaErrorInvalidValue;
    }
    reset_graph_memory_high(used, reserved);
    return cudaSuccess;
  });
}
