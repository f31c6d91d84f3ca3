// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Mapping a block between two fences.
#include "guard/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "base/aligned_buffer.h"

namespace tenon::guard {

namespace {

// Addresses cost nothing: a fence is never touched by who behaves. The one after is as wide as four
// blocks, so that bytes taken for elements of four bytes still meet it.
constexpr size_t kNarrowFence = size_t{4} << 20, kWidestFence = size_t{1} << 30;

}  // namespace

GuardedMemory::GuardedMemory(size_t size) noexcept : size_(size) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t inside = std::max(align_up(align_up(size), page), page);
  const size_t beyond = align_up(std::clamp(4 * size, kNarrowFence, kWidestFence), page);
  const size_t mapped = kNarrowFence + inside + beyond;
  void* mapping =
      ::mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return;
  auto* begin = static_cast<std::byte*>(mapping);
  if (::mprotect(begin + kNarrowFence, inside, PROT_READ | PROT_WRITE) != 0) {
    (void)::munmap(mapping, mapped);
    return;
  }
  mapping_ = begin;
  mapped_ = mapped;
  pages_ = begin + kNarrowFence;
  pages_end_ = pages_ + inside;
  data_ = pages_end_ - align_up(size);
  before_ = std::make_unique<Fence>(mapping_, kNarrowFence);
  after_ = std::make_unique<Fence>(pages_end_, beyond);
}

GuardedMemory::~GuardedMemory() {
  if (mapping_ != nullptr) (void)::munmap(mapping_, mapped_);
}

}  // namespace tenon::guard
