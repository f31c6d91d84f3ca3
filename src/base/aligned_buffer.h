// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A block of memory aligned for SIMD and for engine sections.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace tenon {

inline constexpr size_t kAlignment = 64;

constexpr size_t align_up(size_t size, size_t alignment = kAlignment) noexcept {
  return (size + alignment - 1) / alignment * alignment;
}

/// Owns `size` bytes at a 64-byte boundary, zero at first. Empty when memory ran out (or size is
/// 0): check data(). Move-only.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t size) noexcept;

  [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
  [[nodiscard]] const std::byte* data() const noexcept { return data_.get(); }
  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_.get(), size_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };
  std::unique_ptr<std::byte[], Free> data_;
  size_t size_ = 0;
};

}  // namespace tenon
