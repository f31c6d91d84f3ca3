// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Host memory that the device may reach: made by the runtime, or the program's own and registered.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/bytes.h"
#include "hostcuda/runtime/memory/table.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

constexpr unsigned int kAllocFlags =
    cudaHostAllocPortable | cudaHostAllocMapped | cudaHostAllocWriteCombined;
constexpr unsigned int kRegisterFlags = cudaHostRegisterPortable | cudaHostRegisterMapped |
                                        cudaHostRegisterIoMemory | cudaHostRegisterReadOnly;

cudaError_t allocate_host(void** pointer, std::size_t size, unsigned int flags) {
  if (!pointer || (flags & ~kAllocFlags)) return cudaErrorInvalidValue;
  if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
  *pointer = nullptr;
  if (size == 0) return cudaSuccess;
  void* const memory = take_bytes(size);
  if (!memory) return cudaErrorMemoryAllocation;
  Table::instance().add({.base = reinterpret_cast<std::uintptr_t>(memory),
                         .size = size,
                         .capacity = size,
                         .kind = Kind::Host,
                         .flags = flags});
  *pointer = memory;
  return cudaSuccess;
}

bool is_host(const Allocation& allocation) {
  return allocation.kind == Kind::Host || allocation.kind == Kind::Registered;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMallocHost(void** pointer, size_t size) {
  return guarded([&] { return allocate_host(pointer, size, cudaHostAllocDefault); });
}

HOSTCUDA_API cudaError_t cudaHostAlloc(void** pointer, size_t size, unsigned int flags) {
  return guarded([&] { return allocate_host(pointer, size, flags); });
}

HOSTCUDA_API cudaError_t cudaFreeHost(void* pointer) {
  return guarded([&] {
    if (!pointer) return cudaSuccess;
    if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
    if (const cudaError_t error = synchronize_device()) return error;
    const auto freed = Table::instance().remove(
        pointer, [](const Allocation& allocation) { return allocation.kind == Kind::Host; });
    if (!freed) return cudaErrorInvalidValue;
    give_bytes(pointer, freed->capacity);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaHostRegister(void* pointer, size_t size, unsigned int flags) {
  return guarded([&] {
    if (!pointer || size == 0 || (flags & ~kRegisterFlags)) return cudaErrorInvalidValue;
    if (flags & cudaHostRegisterIoMemory) return cudaErrorNotSupported;
    if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
    const bool added =
        Table::instance().add_apart({.base = reinterpret_cast<std::uintptr_t>(pointer),
                                     .size = size,
                                     .capacity = size,
                                     .kind = Kind::Registered,
                                     .flags = flags});
    return added ? cudaSuccess : cudaErrorHostMemoryAlreadyRegistered;
  });
}

HOSTCUDA_API cudaError_t cudaHostUnregister(void* pointer) {
  return guarded([&] {
    if (!pointer) return cudaErrorInvalidValue;
    if (const cudaError_t unsafe = check_unsafe_call()) return unsafe;
    if (const cudaError_t error = synchronize_device()) return error;
    const auto removed = Table::instance().remove(
        pointer, [](const Allocation& allocation) { return allocation.kind == Kind::Registered; });
    return removed ? cudaSuccess : cudaErrorHostMemoryNotRegistered;
  });
}

HOSTCUDA_API cudaError_t cudaHostGetDevicePointer(void** device, void* host, unsigned int flags) {
  return guarded([&] {
    if (!device || !host || flags != 0) return cudaErrorInvalidValue;
    const Known known = Table::instance().find(host);
    if (!known.allocation || !is_host(*known.allocation)) return cudaErrorInvalidValue;
    // One address space: the device sees host memory where the host does.
    *device = host;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaHostGetFlags(unsigned int* flags, void* host) {
  return guarded([&] {
    if (!flags || !host) return cudaErrorInvalidValue;
    const Known known = Table::instance().find(host);
    if (!known.allocation || known.allocation->kind != Kind::Host) return cudaErrorInvalidValue;
    // With one address space all memory of this kind is mapped and portable.
    *flags = known.allocation->flags | cudaHostAllocMapped | cudaHostAllocPortable;
    return cudaSuccess;
  });
}
