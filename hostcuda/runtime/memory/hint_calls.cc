// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Hints for managed memory: prefetch, advice, discard; kept for whoever asks, else without effect.
#include <map>
#include <mutex>

#include "hostcuda/runtime/error/form12.h"
#include "hostcuda/runtime/memory/bytes.h"
#include "hostcuda/runtime/memory/hints.h"
#include "hostcuda/runtime/memory/table.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

std::mutex hints_mutex;
// By the allocation's number, which no later one has: old rows are harmless, and few.
std::map<std::uint64_t, Hints>& all_hints() {
  static auto* const one = new std::map<std::uint64_t, Hints>;
  return *one;
}

template <typename Change>
void change_hints(std::uint64_t serial, Change change) {
  const std::lock_guard lock(hints_mutex);
  change(all_hints()[serial]);
}

/// The number of the managed allocation that holds the range; 0 for none.
std::uint64_t managed(const void* pointer, std::size_t count) {
  const Known known = Table::instance().find(pointer);
  const bool fits = known.allocation && known.allocation->kind == Kind::Managed && count > 0 &&
                    known.allocation->holds(reinterpret_cast<std::uintptr_t>(pointer), count);
  return fits ? known.allocation->serial : 0;
}

cudaMemLocation place_of(int device) {
  return device == cudaCpuDeviceId ? cudaMemLocation{cudaMemLocationTypeHost, 0}
                                   : cudaMemLocation{cudaMemLocationTypeDevice, device};
}

/// A place there is: the device, the host or its only node.
cudaError_t check_place(const cudaMemLocation& location) {
  switch (location.type) {
    case cudaMemLocationTypeDevice:
      return location.id == 0 ? cudaSuccess : cudaErrorInvalidDevice;
    case cudaMemLocationTypeHost:
    case cudaMemLocationTypeHostNumaCurrent:
      return cudaSuccess;
    case cudaMemLocationTypeHostNuma:
      return location.id == 0 ? cudaSuccess : cudaErrorInvalidDevice;
    default:
      return cudaErrorInvalidValue;
  }
}

cudaError_t prefetch(const void* pointer, std::size_t count, const cudaMemLocation& location,
                     unsigned int flags, cudaStream_t stream) {
  const std::uint64_t serial = managed(pointer, count);
  if (serial == 0 || flags != 0) return cudaErrorInvalidValue;
  if (const cudaError_t error = check_place(location)) return error;
  return submit(stream, Closure{[serial, location] {
                  change_hints(serial, [&](Hints& hints) { hints.prefetched = location; });
                  return cudaSuccess;
                }});
}

cudaError_t advise(const void* pointer, std::size_t count, cudaMemoryAdvise advice,
                   const cudaMemLocation& location) {
  const std::uint64_t serial = managed(pointer, count);
  if (serial == 0) return cudaErrorInvalidValue;
  const bool placed = advice >= cudaMemAdviseSetPreferredLocation;
  if (placed && advice != cudaMemAdviseUnsetPreferredLocation) {
    if (const cudaError_t error = check_place(location)) return error;
  }
  if (advice < cudaMemAdviseSetReadMostly || advice > cudaMemAdviseUnsetAccessedBy) {
    return cudaErrorInvalidValue;
  }
  change_hints(serial, [&](Hints& hints) {
    bool& accessed = location.type == cudaMemLocationTypeDevice ? hints.accessed_by_device
                                                                : hints.accessed_by_host;
    switch (advice) {
      case cudaMemAdviseSetReadMostly:
      case cudaMemAdviseUnsetReadMostly:
        hints.read_mostly = advice == cudaMemAdviseSetReadMostly;
        break;
      case cudaMemAdviseSetPreferredLocation:
        hints.preferred = location;
        break;
      case cudaMemAdviseUnsetPreferredLocation:
        hints.preferred = Hints{}.preferred;
        break;
      default:
        accessed = advice == cudaMemAdviseSetAccessedBy;
    }
  });
  return cudaSuccess;
}

/// Places of a batch: `indices` says from which range on a place holds.
cudaError_t prefetch_batch(void** pointers, const size_t* sizes, size_t count,
                           const cudaMemLocation* locations, const size_t* indices,
                           size_t location_count, unsigned long long flags, cudaStream_t stream) {
  if (!pointers || !sizes || count == 0 || !locations || !indices || location_count == 0 ||
      location_count > count || indices[0] != 0 || flags != 0) {
    return cudaErrorInvalidValue;
  }
  size_t place = 0;
  for (size_t i = 0; i < count; ++i) {
    if (place + 1 < location_count && indices[place + 1] <= i) ++place;
    const cudaError_t error = prefetch(pointers[i], sizes[i], locations[place], 0, stream);
    if (error != cudaSuccess) return error;
  }
  return cudaSuccess;
}

/// The contents of the ranges may become anything; in poison mode they become poison.
cudaError_t discard_batch(void** pointers, const size_t* sizes, size_t count,
                          unsigned long long flags, cudaStream_t stream) {
  if (!pointers || !sizes || count == 0 || flags != 0) return cudaErrorInvalidValue;
  for (size_t i = 0; i < count; ++i) {
    if (managed(pointers[i], sizes[i]) == 0) return cudaErrorInvalidValue;
    const auto work = [pointer = pointers[i], size = sizes[i]] {
      poison(pointer, size);
      return cudaSuccess;
    };
    if (const cudaError_t error = submit(stream, Closure{work})) return error;
  }
  return cudaSuccess;
}

}  // namespace

Hints hints_of(std::uint64_t serial) {
  const std::lock_guard lock(hints_mutex);
  const auto at = all_hints().find(serial);
  return at == all_hints().end() ? Hints{} : at->second;
}

int device_of(const cudaMemLocation& location) {
  switch (location.type) {
    case cudaMemLocationTypeInvalid:
      return cudaInvalidDeviceId;
    case cudaMemLocationTypeDevice:
      return location.id;
    default:
      return cudaCpuDeviceId;
  }
}

}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t count,
                                              cudaMemLocation location, unsigned int flags,
                                              cudaStream_t stream) {
  return guarded([&] { return prefetch(pointer, count, location, flags, stream); });
}

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync_v2(const void* pointer, size_t count,
                                                 cudaMemLocation location, unsigned int flags,
                                                 cudaStream_t stream) {
  return guarded([&] { return prefetch(pointer, count, location, flags, stream); });
}

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync_ptsz(const void* pointer, size_t count,
                                                   cudaMemLocation location, unsigned int flags,
                                                   cudaStream_t stream) {
  return guarded([&] { return prefetch(pointer, count, location, flags, per_thread(stream)); });
}

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync_v2_ptsz(const void* pointer, size_t count,
                                                      cudaMemLocation location, unsigned int flags,
                                                      cudaStream_t stream) {
  return cudaMemPrefetchAsync_v2(pointer, count, location, flags, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync_form12(const void* pointer, size_t count, int device,
                                                     cudaStream_t stream) {
  return guarded([&] { return prefetch(pointer, count, place_of(device), 0, stream); });
}
HOSTCUDA_FORM12(cudaMemPrefetchAsync);

HOSTCUDA_API cudaError_t cudaMemPrefetchAsync_ptsz_form12(const void* pointer, size_t count,
                                                          int device, cudaStream_t stream) {
  return guarded([&] { return prefetch(pointer, count, place_of(device), 0, per_thread(stream)); });
}
HOSTCUDA_FORM12(cudaMemPrefetchAsync_ptsz);

HOSTCUDA_API cudaError_t cudaMemAdvise(const void* pointer, size_t count, cudaMemoryAdvise advice,
                                       cudaMemLocation location) {
  return guarded([&] { return advise(pointer, count, advice, location); });
}

HOSTCUDA_API cudaError_t cudaMemAdvise_v2(const void* pointer, size_t count,
                                          cudaMemoryAdvise advice, cudaMemLocation location) {
  return guarded([&] { return advise(pointer, count, advice, location); });
}

HOSTCUDA_API cudaError_t cudaMemAdvise_form12(const void* pointer, size_t count,
                                              cudaMemoryAdvise advice, int device) {
  return guarded([&] { return advise(pointer, count, advice, place_of(device)); });
}
HOSTCUDA_FORM12(cudaMemAdvise);

HOSTCUDA_API cudaError_t cudaMemPrefetchBatchAsync(void** pointers, size_t* sizes, size_t count,
                                                   cudaMemLocation* locations, size_t* indices,
                                                   size_t location_count, unsigned long long flags,
                                                   cudaStream_t stream) {
  return guarded([&] {
    return prefetch_batch(pointers, sizes, count, locations, indices, location_count, flags,
                          stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemPrefetchBatchAsync_ptsz(void** pointers, size_t* sizes,
                                                        size_t count, cudaMemLocation* locations,
                                                        size_t* indices, size_t location_count,
                                                        unsigned long long flags,
                                                        cudaStream_t stream) {
  return cudaMemPrefetchBatchAsync(pointers, sizes, count, locations, indices, location_count,
                                   flags, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemDiscardBatchAsync(void** pointers, size_t* sizes, size_t count,
                                                  unsigned long long flags, cudaStream_t stream) {
  return guarded([&] { return discard_batch(pointers, sizes, count, flags, stream); });
}

HOSTCUDA_API cudaError_t cudaMemDiscardBatchAsync_ptsz(void** pointers, size_t* sizes, size_t count,
                                                       unsigned long long flags,
                                                       cudaStream_t stream) {
  return cudaMemDiscardBatchAsync(pointers, sizes, count, flags, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemDiscardAndPrefetchBatchAsync(
    void** pointers, size_t* sizes, size_t count, cudaMemLocation* locations, size_t* indices,
    size_t location_count, unsigned long long flags, cudaStream_t stream) {
  return guarded([&] {
    if (const cudaError_t error = discard_batch(pointers, sizes, count, flags, stream)) {
      return error;
    }
    return prefetch_batch(pointers, sizes, count, locations, indices, location_count, flags,
                          stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemDiscardAndPrefetchBatchAsync_ptsz(
    void** pointers, size_t* sizes, size_t count, cudaMemLocation* locations, size_t* indices,
    size_t location_count, unsigned long long flags, cudaStream_t stream) {
  return cudaMemDiscardAndPrefetchBatchAsync(pointers, sizes, count, locations, indices,
                                             location_count, flags, per_thread(stream));
}
