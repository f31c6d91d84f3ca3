// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory that answers null instead of throwing: what run-time objects are made of.
#pragma once

#include <cstddef>

namespace tenon {

/// `bytes` at a multiple of `alignment` (a power of two), or null when there are none. In the safe
/// library the memory is the allocator's of the graph that is being made on this thread.
void* allocate(size_t bytes, size_t alignment = alignof(std::max_align_t)) noexcept;
/// Gives back what allocate() gave; null is permitted. Any thread.
void release(void* memory) noexcept;

/// Base of objects whose `new` gives null instead of throwing. Whoever makes one looks.
struct Allocated {
  static void* operator new(size_t bytes) noexcept { return allocate(bytes); }
  static void operator delete(void* memory) noexcept { release(memory); }
};

}  // namespace tenon
