// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Large blocks of memory: activations, and copies of engine files.
#pragma once

#include <cstddef>
#include <span>

namespace tenon::session {

/// Where a user wants blocks to come from. Thread-safe.
class MemorySource {
 public:
  virtual ~MemorySource() = default;
  /// `bytes` (>= 1) at a multiple of `alignment`, a power of two, ready for work that is put on the
  /// stream of this handle. Null when there is no memory.
  virtual void* allocate(size_t bytes, size_t alignment, void* stream) noexcept = 0;
  /// Takes back what allocate gave; nothing uses it any more.
  virtual void deallocate(void* block) noexcept = 0;
};

/// Owns `size` bytes at a multiple of 64, zero at first. A large block comes from the system page
/// by page as it is touched, in huge pages where there are any: first touching 4 KiB pages costs
/// several times what copying into them does. Empty when memory ran out, or when size is 0.
/// Move-only.
class Memory {
 public:
  Memory() = default;
  explicit Memory(size_t size) noexcept;
  /// The same from `source`, which outlives the block; its content is not defined. A null source is
  /// the system. Empty, too, when the source gave a block that is not aligned.
  Memory(size_t size, MemorySource* source, void* stream) noexcept;
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_, size_}; }
  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  MemorySource* source_ = nullptr;  ///< where data_ came from; null: from the system
  void* mapping_ = nullptr;         ///< what to unmap; null: data_ came from the heap
  size_t mapped_ = 0;
};

/// How to say that there is none: by whom, for "… for N bytes".
constexpr const char* no_memory(const MemorySource* source) noexcept {
  return source == nullptr ? "no memory" : "the allocator gave no memory, or none that is aligned,";
}

}  // namespace tenon::session
