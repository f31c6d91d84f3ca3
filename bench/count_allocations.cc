// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A library to preload: counts heap allocations, apart those that oneDNN or OpenMP asked for.
//
// The program switches counting on and off by `count_allocations`. An allocation belongs to the
// library whose code called malloc or operator new; all that is not oneDNN's or OpenMP's is ours.
#include <link.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

extern "C" {
// NOLINTBEGIN(readability-identifier-naming): the C library's names.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
// NOLINTEND(readability-identifier-naming)
}

namespace {

struct Range {
  uintptr_t begin = 0, end = 0;
};

std::atomic<bool> counting{false};
std::atomic<int64_t> ours{0}, total{0};
std::array<Range, 64> foreign;  ///< code of the libraries whose allocations are not ours
std::atomic<size_t> foreign_count{0};

int note_foreign(dl_phdr_info* info, size_t /*size*/, void* /*data*/) {
  const char* name = info->dlpi_name;
  const bool is_foreign =
      std::strstr(name, "libdnnl") != nullptr || std::strstr(name, "libgomp") != nullptr;
  for (int i = 0; is_foreign && i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || foreign_count == foreign.size()) continue;
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    foreign[foreign_count++] = {begin, begin + segment.p_memsz};
  }
  return 0;
}

void note(const void* caller) {
  if (!counting.load(std::memory_order_relaxed)) return;
  total.fetch_add(1, std::memory_order_relaxed);
  const auto address = reinterpret_cast<uintptr_t>(caller);
  for (size_t i = 0; i < foreign_count; ++i) {
    if (address >= foreign[i].begin && address < foreign[i].end) return;
  }
  ours.fetch_add(1, std::memory_order_relaxed);
}

void* checked(void* block) {
  if (block == nullptr) std::abort();  // a program of this size has no better answer
  return block;
}

}  // namespace

#define EXPORT __attribute__((visibility("default"), noinline))
#define CALLER __builtin_return_address(0)

extern "C" {

/// on: sets the counters to zero and counts; off: stops and hands out what was counted.
EXPORT void count_allocations(bool on, int64_t* ours_out, int64_t* total_out) {
  counting = false;
  if (on) {
    foreign_count = 0;
    dl_iterate_phdr(note_foreign, nullptr);
    ours = 0, total = 0;
  } else {
    *ours_out = ours, *total_out = total;
  }
  counting = on;
}

EXPORT void* malloc(size_t size) {
  note(CALLER);
  return __libc_malloc(size);
}

EXPORT void* calloc(size_t count, size_t size) {
  note(CALLER);
  return __libc_calloc(count, size);
}

EXPORT void* realloc(void* block, size_t size) {
  note(CALLER);
  return __libc_realloc(block, size);
}

EXPORT void* memalign(size_t alignment, size_t size) {
  note(CALLER);
  return __libc_memalign(alignment, size);
}

EXPORT void* aligned_alloc(size_t alignment, size_t size) {
  note(CALLER);
  return __libc_memalign(alignment, size);
}

EXPORT int posix_memalign(void** block, size_t alignment, size_t size) {
  note(CALLER);
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}

}  // extern "C"

// Without these, every `new` would seem to be called by the C++ library.
EXPORT void* operator new(size_t size) {
  note(CALLER);
  return checked(__libc_malloc(size));
}

EXPORT void* operator new[](size_t size) {
  note(CALLER);
  return checked(__libc_malloc(size));
}

EXPORT void* operator new(size_t size, std::align_val_t alignment) {
  note(CALLER);
  return checked(__libc_memalign(static_cast<size_t>(alignment), size));
}

EXPORT void* operator new[](size_t size, std::align_val_t alignment) {
  note(CALLER);
  return checked(__libc_memalign(static_cast<size_t>(alignment), size));
}
