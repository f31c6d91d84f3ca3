// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Address space set aside for handles.
#include "hostcuda/runtime/stream/handle.h"

#include <sys/mman.h>

#include <cstddef>
#include <mutex>
#include <new>

namespace hostcuda {
namespace {

constexpr size_t kStep = 16;
constexpr size_t kRegion = size_t{1} << 26;  // four million handles; address space, not memory

}  // namespace

void* new_handle() {
  static std::mutex& mutex = *new std::mutex;
  static std::byte* next = nullptr;
  static std::byte* end = nullptr;
  const std::lock_guard lock(mutex);
  if (next == end) {
    void* const region =
        mmap(nullptr, kRegion, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) {
      throw std::bad_alloc();
    }
    next = static_cast<std::byte*>(region);
    end = next + kRegion;
  }
  std::byte* const handle = next;
  next += kStep;
  return handle;
}

}  // namespace hostcuda
