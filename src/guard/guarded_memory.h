// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A block of memory whose surroundings tell who left it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "guard/fence.h"

namespace tenon::guard {

/// `size` bytes at a multiple of 64 that end, up to the next multiple of 64, where a page ends:
///
///     | fence, 4 MiB | front: the rest of a page | bytes | back: < 64 | fence, 4 MiB or more |
///
/// Front and back can be written: whoever uses the block paints them and looks at them after. The
/// fences cannot: see Fence. Does not move.
class GuardedMemory {
 public:
  explicit GuardedMemory(size_t size) noexcept;
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// False when memory ran out.
  [[nodiscard]] bool ok() const noexcept { return mapping_ != nullptr; }
  /// Also for size 0 an address of its own, between the fences.
  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<std::byte> front() noexcept { return {pages_, data_}; }
  [[nodiscard]] std::span<std::byte> back() noexcept { return {data_ + size_, pages_end_}; }

  [[nodiscard]] Fence& before() noexcept { return *before_; }
  [[nodiscard]] Fence& after() noexcept { return *after_; }
  /// Offset of a byte of a fence, or of front() and back(), from data().
  [[nodiscard]] ptrdiff_t offset_before(size_t in_fence) const noexcept {
    return static_cast<ptrdiff_t>(in_fence) - (data_ - mapping_);
  }
  [[nodiscard]] ptrdiff_t offset_after(size_t in_fence) const noexcept {
    return (pages_end_ - data_) + static_cast<ptrdiff_t>(in_fence);
  }

 private:
  std::byte* mapping_ = nullptr;
  size_t mapped_ = 0, size_;
  std::byte *pages_ = nullptr, *pages_end_ = nullptr, *data_ = nullptr;
  std::unique_ptr<Fence> before_, after_;
};

}  // namespace tenon::guard
