// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Address space of the device's own: a few large mappings, cut into stretches by best fit.
#include "hostcuda/runtime/memory/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

// There when the program is built with AddressSanitizer, null otherwise; the names are its own.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" __attribute__((weak)) void __asan_poison_memory_region(const volatile void*,
                                                                  std::size_t);
extern "C" __attribute__((weak)) void __asan_unpoison_memory_region(const volatile void*,
                                                                    std::size_t);
// NOLINTEND(readability-identifier-naming)

namespace hostcuda {
namespace {

/// Address space asked from the machine at a time; no memory stands behind it until it is touched.
constexpr std::size_t kMapping = std::size_t{64} << 20;
/// Free stretches from this size on give their memory back to the machine.
constexpr std::size_t kReturned = std::size_t{32} << 20;
constexpr std::size_t kPage = 4096;

void shut(void* memory, std::size_t size) {
  if (__asan_poison_memory_region) __asan_poison_memory_region(memory, size);
}

void open(void* memory, std::size_t size) {
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(memory, size);
}

class Arena {
 public:
  void* take(std::size_t size) {
    const std::unique_lock lock(mutex_);
    auto fit = by_size_.lower_bound({size, 0});
    if (fit == by_size_.end()) {
      if (!grow(size)) return nullptr;
      fit = by_size_.lower_bound({size, 0});
    }
    const auto [whole, begin] = *fit;
    forget(begin, whole);
    if (whole > size) remember(begin + size, whole - size);
    return reinterpret_cast<void*>(begin);
  }

  void give(std::uintptr_t begin, std::size_t size) {
    const std::unique_lock lock(mutex_);
    const auto after = free_.find(begin + size);
    if (after != free_.end()) {
      const std::size_t more = after->second;
      forget(begin + size, more);
      size += more;
    }
    if (const auto next = free_.lower_bound(begin); next != free_.begin()) {
      const auto [before, length] = *std::prev(next);
      if (before + length == begin) {
        forget(before, length);
        begin = before;
        size += length;
      }
    }
    remember(begin, size);
  }

  bool holds(std::uintptr_t address) const {
    const std::shared_lock lock(mutex_);
    const auto after = mapped_.upper_bound(address);
    return after != mapped_.begin() && address < std::prev(after)->second;
  }

 private:
  bool grow(std::size_t size) {
    const std::size_t bytes = (std::max(size, kMapping) + kPage - 1) / kPage * kPage;
    if (bytes < size) return false;
    void* const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return false;
    const auto begin = reinterpret_cast<std::uintptr_t>(mapped);
    mapped_[begin] = begin + bytes;
    shut(mapped, bytes);
    remember(begin, bytes);
    return true;
  }

  void remember(std::uintptr_t begin, std::size_t size) {
    free_[begin] = size;
    by_size_.emplace(size, begin);
  }

  void forget(std::uintptr_t begin, std::size_t size) {
    free_.erase(begin);
    by_size_.erase({size, begin});
  }

  mutable std::shared_mutex mutex_;
  std::map<std::uintptr_t, std::uintptr_t> mapped_;  ///< begin to end
  std::map<std::uintptr_t, std::size_t> free_;       ///< begin to size, neighbours joined
  std::set<std::pair<std::size_t, std::uintptr_t>> by_size_;
};

// Never destroyed: threads of the program may free memory while the process ends.
Arena& arena() {
  static auto* const one = new Arena;
  return *one;
}

/// Lets the machine have the whole pages of a free stretch.
void return_pages(std::uintptr_t begin, std::size_t size) {
  const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
  const std::uintptr_t last = (begin + size) / kPage * kPage;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace

void* arena_take(std::size_t size) noexcept {
  try {
    void* const memory = arena().take(size);
    if (memory) open(memory, size);
    return memory;
  } catch (...) {
    return nullptr;
  }
}

void arena_give(void* memory, std::size_t size) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  if (size >= kReturned) return_pages(begin, size);
  shut(memory, size);
  arena().give(begin, size);
}

bool arena_holds(const void* address) noexcept {
  return arena().holds(reinterpret_cast<std::uintptr_t>(address));
}

}  // namespace hostcuda
