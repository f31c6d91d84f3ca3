// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether memory may be reached the way a copy or a fill says.
#include "hostcuda/runtime/memory/reach.h"

#include "hostcuda/include/hostcuda.h"
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/table.h"

namespace hostcuda {
namespace {

thread_local int trusted_depth = 0;

bool trusts_pointers() { return trusted_depth > 0 || hostcudaCurrentStream() != nullptr; }

}  // namespace

cudaError_t check_reach(const void* pointer, std::size_t bytes, Side side) {
  if (!pointer) return cudaErrorInvalidValue;
  const Known known = Table::instance().find(pointer);
  if (known.freed) return cudaErrorInvalidValue;
  if (!known.allocation) {
    return side == Side::Device && !trusts_pointers() ? cudaErrorInvalidValue : cudaSuccess;
  }
  const Allocation& allocation = *known.allocation;
  const bool holds = allocation.holds(reinterpret_cast<std::uintptr_t>(pointer), bytes);
  // Registered memory may be part of something larger that is the host's all the same.
  if (!holds && (allocation.kind != Kind::Registered || side == Side::Device)) {
    return cudaErrorInvalidValue;
  }
  if (allocation.releasing) return cudaErrorInvalidValue;
  if (side == Side::Host && allocation.device_only()) return cudaErrorInvalidValue;
  return cudaSuccess;
}

cudaError_t check_alive(const void* pointer, std::size_t bytes) noexcept {
  const Known known = Table::instance().find(pointer);
  if (known.freed) return cudaErrorIllegalAddress;
  if (!known.allocation) return cudaSuccess;
  const Allocation& allocation = *known.allocation;
  if (allocation.kind == Kind::Registered) return cudaSuccess;
  const bool holds = allocation.holds(reinterpret_cast<std::uintptr_t>(pointer), bytes);
  return holds && allocation.live ? cudaSuccess : cudaErrorIllegalAddress;
}

bool is_pageable(const void* pointer) {
  const Known known = Table::instance().find(pointer);
  return !known.allocation && !known.freed;
}

}  // namespace hostcuda

HOSTCUDA_API int hostcudaTrustPointers(int trust) {
  const int before = hostcuda::trusted_depth;
  hostcuda::trusted_depth += trust ? 1 : before > 0 ? -1 : 0;
  return hostcuda::trusted_depth;
}
