// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Stands before glibc's allocator and counts.
#include "test/faults/allocations.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "base/sanitized.h"

namespace {
std::atomic<size_t> count{0};
}

namespace tenon {
size_t allocations() noexcept { return count.load(); }
}  // namespace tenon

#if TENON_SANITIZED

// NOLINTBEGIN(misc-new-delete-overloads): the others call these
void* operator new(size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { std::free(memory); }
// NOLINTEND(misc-new-delete-overloads)

#else

extern "C" {
void* __libc_malloc(size_t size);                      // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(size_t items, size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, size_t size);       // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(size_t alignment, size_t size);  // NOLINT(bugprone-reserved-identifier)

void* malloc(size_t size) {
  ++count;
  return __libc_malloc(size);
}
void* calloc(size_t items, size_t size) {
  ++count;
  return __libc_calloc(items, size);
}
void* realloc(void* memory, size_t size) {
  ++count;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++count;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++count;
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr || size == 0 ? 0 : ENOMEM;
}
}

#endif
