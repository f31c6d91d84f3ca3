// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Locks, memory and the end of the program: all calls of the C library that reach the system.
#include "safe/system.h"

#include <cstdint>
#include <cstdlib>

namespace tenon::safe {

void Mutex::lock() noexcept { pthread_mutex_lock(&mutex_); }
void Mutex::unlock() noexcept { pthread_mutex_unlock(&mutex_); }

void* system_allocate(size_t bytes, size_t alignment) noexcept {
  if (alignment < alignof(std::max_align_t)) alignment = alignof(std::max_align_t);
  if (bytes == 0 || bytes > SIZE_MAX - alignment) return nullptr;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void system_release(void* memory) noexcept { std::free(memory); }

void system_abort() noexcept { std::abort(); }

}  // namespace tenon::safe

#if defined(TENON_SAFE)
/// What the C++ library would give: called when an abstract function is, which cannot happen.
extern "C" [[gnu::visibility("hidden")]] void __cxa_pure_virtual() { tenon::safe::system_abort(); }
#endif
