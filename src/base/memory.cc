// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory of the C library.
#include "base/memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace tenon {

void* allocate(size_t bytes, size_t alignment) noexcept {
  alignment = std::max(alignment, alignof(std::max_align_t));
  bytes = std::max<size_t>(bytes, 1);
  if (bytes > SIZE_MAX - alignment) return nullptr;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void release(void* memory) noexcept { std::free(memory); }

}  // namespace tenon
