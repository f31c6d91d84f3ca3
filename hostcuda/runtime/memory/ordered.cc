// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory in the order of a stream and of a graph: reservation, allocation, release.
#include "hostcuda/runtime/memory/ordered.h"

#include <algorithm>
#include <mutex>

#include "hostcuda/runtime/memory/bytes.h"
#include "hostcuda/runtime/memory/pool.h"
#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {
namespace {

std::mutex graph_mutex;
GraphMemory graph_bytes;

void count_used(std::uint64_t more, std::uint64_t less) {
  const std::lock_guard lock(graph_mutex);
  graph_bytes.used = graph_bytes.used + more - less;
  graph_bytes.used_high = std::max(graph_bytes.used_high, graph_bytes.used);
}

void count_reserved(std::uint64_t more, std::uint64_t less) {
  const std::lock_guard lock(graph_mutex);
  graph_bytes.reserved = graph_bytes.reserved + more - less;
  graph_bytes.reserved_high = std::max(graph_bytes.reserved_high, graph_bytes.reserved);
}

void give_back(const Allocation& allocation) {
  if (allocation.kind == Kind::Ordered) {
    give_to_pool(allocation.pool, allocation.pointer(), allocation.capacity);
  } else {
    if (allocation.kind == Kind::Graph) count_reserved(0, allocation.capacity);
    give_bytes(allocation.pointer(), allocation.capacity);
  }
}

/// The last node that reserved the memory is gone: so is the memory, unless it is in use.
void drop_reservation(const void* pointer) {
  const auto idle = Table::instance().remove(pointer, [](Allocation& allocation) {
    if (allocation.kind != Kind::Graph) return false;
    allocation.orphan = allocation.live;
    return !allocation.live;
  });
  if (idle) give_back(*idle);
}

/// Ends the use of a graph's memory; its nodes may allocate it again.
cudaError_t release_graph_memory(void* pointer) {
  bool orphan = false;
  std::size_t size = 0;
  const bool was_live = Table::instance().change(pointer, [&](Allocation& allocation) {
    if (allocation.kind != Kind::Graph || !allocation.live) return false;
    allocation.live = allocation.releasing = false;
    orphan = allocation.orphan;
    size = allocation.size;
    poison(pointer, size);
    return true;
  });
  if (!was_live) return cudaErrorInvalidValue;
  count_used(0, size);
  if (orphan) drop_reservation(pointer);
  return cudaSuccess;
}

}  // namespace

cudaError_t free_device(void* pointer) {
  const auto freed = Table::instance().remove(pointer, [](const Allocation& allocation) {
    return allocation.kind == Kind::Device || allocation.kind == Kind::Managed ||
           (allocation.kind == Kind::Ordered && !allocation.releasing);
  });
  if (!freed) return release_graph_memory(pointer);
  give_back(*freed);
  return cudaSuccess;
}

cudaError_t reserve(Allocate& op) {
  if (op.params.bytesize == 0) return cudaErrorInvalidValue;
  void* const memory = take_bytes(op.params.bytesize);
  if (!memory) return cudaErrorMemoryAllocation;
  count_reserved(op.params.bytesize, 0);
  Table::instance().add({.base = reinterpret_cast<std::uintptr_t>(memory),
                         .size = op.params.bytesize,
                         .capacity = op.params.bytesize,
                         .kind = Kind::Graph,
                         .live = false});
  op.params.dptr = memory;
  op.keep = std::shared_ptr<const void>(memory, drop_reservation);
  return cudaSuccess;
}

cudaError_t run_allocate(const Allocate& op) noexcept {
  bool fresh = false;
  const bool reserved = Table::instance().change(op.params.dptr, [&](Allocation& allocation) {
    fresh = !allocation.live;
    return allocation.live = true;
  });
  // A second launch before the release would give the same memory out twice.
  if (!reserved || !fresh) return cudaErrorInvalidValue;
  count_used(op.params.bytesize, 0);
  return cudaSuccess;
}

cudaError_t check_release(const Release& op) {
  const Known known = Table::instance().find(op.pointer);
  if (!known.allocation || known.allocation->pointer() != op.pointer) return cudaErrorInvalidValue;
  const Kind kind = known.allocation->kind;
  if (kind == Kind::Graph) return cudaSuccess;
  return kind == Kind::Ordered && !known.allocation->releasing ? cudaSuccess
                                                               : cudaErrorInvalidValue;
}

cudaError_t run_release(const Release& op) noexcept {
  const auto freed = Table::instance().remove(
      op.pointer, [](const Allocation& allocation) { return allocation.kind == Kind::Ordered; });
  if (!freed) return release_graph_memory(op.pointer);
  give_back(*freed);
  return cudaSuccess;
}

GraphMemory graph_memory() {
  const std::lock_guard lock(graph_mutex);
  return graph_bytes;
}

void reset_graph_memory_high(bool used, bool reserved) {
  const std::lock_guard lock(graph_mutex);
  if (used) graph_bytes.used_high = graph_bytes.used;
  if (reserved) graph_bytes.reserved_high = graph_bytes.reserved;
}

void reset_memory() {
  for (const Allocation& allocation : Table::instance().remove_all()) {
    if (allocation.kind == Kind::Symbol) {
      Table::instance().add(allocation);
    } else if (allocation.kind != Kind::Registered) {
      if (allocation.kind == Kind::Graph && allocation.live) count_used(0, allocation.size);
      give_back(allocation);
    }
  }
  reset_pools();
  flush_poisoned();
}

}  // namespace hostcuda
