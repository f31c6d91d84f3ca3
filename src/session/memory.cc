// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks from the heap, or from the system.
#include "session/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/aligned_buffer.h"

namespace tenon::session {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

Memory::Memory(size_t size) noexcept {
  if (size == 0) return;
  if (size < kHugePage) {
    data_ = static_cast<std::byte*>(std::aligned_alloc(kAlignment, align_up(size)));
    if (data_ == nullptr) return;
    std::memset(data_, 0, size);
    size_ = size;
    return;
  }
  const size_t mapped = size + kHugePage;
  void* mapping =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return;
  mapping_ = mapping;
  mapped_ = mapped;
  const auto begin = reinterpret_cast<uintptr_t>(mapping);
  data_ = static_cast<std::byte*>(mapping) + (align_up(begin, kHugePage) - begin);
  size_ = size;
  (void)::madvise(data_, size_, MADV_HUGEPAGE);  // without huge pages it works as well, slower
}

Memory::Memory(size_t size, MemorySource* source, void* stream) noexcept {
  if (source == nullptr) {
    *this = Memory(size);
    return;
  }
  if (size == 0) return;
  void* block = source->allocate(size, kAlignment, stream);
  if (reinterpret_cast<uintptr_t>(block) % kAlignment != 0) {
    source->deallocate(block);
    return;
  }
  if (block == nullptr) return;
  data_ = static_cast<std::byte*>(block);
  size_ = size;
  source_ = source;
}

Memory::Memory(Memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      source_(std::exchange(other.source_, nullptr)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)) {}

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(source_, other.source_);
  std::swap(mapping_, other.mapping_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

Memory::~Memory() {
  if (source_ != nullptr) {
    source_->deallocate(data_);
  } else if (mapping_ != nullptr) {
    ::munmap(mapping_, mapped_);
  } else {
    std::free(data_);
  }
}

}  // namespace tenon::session
