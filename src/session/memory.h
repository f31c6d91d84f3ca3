// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Large blocks of memory: activations, and copies of engine files.
#pragma once

#include <cstddef>
#include <span>

namespace tenon::session {

/// Owns `size` bytes at a multiple of 64, zero at first. A large block comes from the system page
/// by page as it is touched, in huge pages where there are any: first touching 4 KiB pages costs
/// several times what copying into them does. Empty when memory ran out, or when size is 0.
/// Move-only.
class Memory {
 public:
  Memory() = default;
  explicit Memory(size_t size) noexcept;
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_, size_}; }
  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  void* mapping_ = nullptr;  ///< what to unmap; null: data_ came from the heap
  size_t mapped_ = 0;
};

}  // namespace tenon::session
