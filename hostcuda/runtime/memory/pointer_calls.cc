// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is known of a pointer and of a range of memory.
#include <cstddef>
#include <cstring>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/hints.h"
#include "hostcuda/runtime/memory/table.h"

namespace hostcuda {
namespace {

cudaMemoryType type_of(Kind kind) {
  switch (kind) {
    case Kind::Managed:
      return cudaMemoryTypeManaged;
    case Kind::Host:
    case Kind::Registered:
      return cudaMemoryTypeHost;
    default:
      return cudaMemoryTypeDevice;
  }
}

cudaError_t range_attribute(void* data, std::size_t size, cudaMemRangeAttribute attribute,
                            const void* pointer, std::size_t count) {
  if (!data || size == 0) return cudaErrorInvalidValue;
  const Known known = Table::instance().find(pointer);
  if (!known.allocation || known.allocation->kind != Kind::Managed ||
      !known.allocation->holds(reinterpret_cast<std::uintptr_t>(pointer), count)) {
    return cudaErrorInvalidValue;
  }
  const Hints hints = hints_of(known.allocation->serial);
  auto* const numbers = static_cast<int*>(data);
  if (attribute == cudaMemRangeAttributeAccessedBy) {
    if (size % sizeof(int) != 0) return cudaErrorInvalidValue;
    std::size_t at = 0;
    const std::size_t slots = size / sizeof(int);
    if (hints.accessed_by_device) numbers[at++] = 0;
    if (hints.accessed_by_host && at < slots) numbers[at++] = cudaCpuDeviceId;
    while (at < slots) numbers[at++] = cudaInvalidDeviceId;
    return cudaSuccess;
  }
  if (size != sizeof(int)) return cudaErrorInvalidValue;
  switch (attribute) {
    case cudaMemRangeAttributeReadMostly:
      *numbers = hints.read_mostly;
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocation:
      *numbers = device_of(hints.preferred);
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocation:
      *numbers = device_of(hints.prefetched);
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocationType:
      *numbers = hints.preferred.type;
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocationId:
      *numbers = hints.preferred.id;
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocationType:
      *numbers = hints.prefetched.type;
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocationId:
      *numbers = hints.prefetched.id;
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes,
                                                  const void* pointer) {
  return guarded([&] {
    if (!attributes) return cudaErrorInvalidValue;
    cudaPointerAttributes known_of = {};
    const Known known = Table::instance().find(pointer);
    if (known.allocation) {
      const Allocation& allocation = *known.allocation;
      known_of.type = type_of(allocation.kind);
      known_of.device = 0;
      known_of.devicePointer = const_cast<void*>(pointer);
      if (!allocation.device_only() && allocation.kind != Kind::Symbol) {
        known_of.hostPointer = const_cast<void*>(pointer);
      }
    } else {
      known_of.type = cudaMemoryTypeUnregistered;
      known_of.device = cudaInvalidDeviceId;
      known_of.hostPointer = const_cast<void*>(pointer);
    }
    // Version 12's structure ends before `reserved`: a program built with it has no room there.
    std::memcpy(attributes, &known_of, offsetof(cudaPointerAttributes, reserved));
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaMemRangeGetAttribute(void* data, size_t size,
                                                  cudaMemRangeAttribute attribute,
                                                  const void* pointer, size_t count) {
  return guarded([&] { return range_attribute(data, size, attribute, pointer, count); });
}

HOSTCUDA_API cudaError_t cudaMemRangeGetAttributes(void** data, size_t* sizes,
                                                   cudaMemRangeAttribute* attributes,
                                                   size_t attribute_count, const void* pointer,
                                                   size_t count) {
  return guarded([&] {
    if (!data || !sizes || !attributes || attribute_count == 0) return cudaErrorInvalidValue;
    for (size_t i = 0; i < attribute_count; ++i) {
      const cudaError_t error = range_attribute(data[i], sizes[i], attributes[i], pointer, count);
      if (error != cudaSuccess) return error;
    }
    return cudaSuccess;
  });
}
