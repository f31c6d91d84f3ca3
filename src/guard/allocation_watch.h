// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Counting what a piece of code takes from the heap.
#pragma once

#include <cstddef>

namespace tenon::guard {

/// Counts this thread's calls of malloc, calloc, realloc, reallocarray, aligned_alloc, memalign,
/// posix_memalign and operator new while it lives. Seen are calls that a library or the program
/// imports, also those that the C++ library makes for them; not what the C library takes inside
/// (strdup), what other threads take, or what the engine and the CUDA runtime on the CPU take.
/// Watches may nest: each counts.
class AllocationWatch {
 public:
  AllocationWatch() noexcept;
  ~AllocationWatch();
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;

  [[nodiscard]] size_t count() const noexcept;
  /// Bytes asked for in all.
  [[nodiscard]] size_t bytes() const noexcept;

  /// Makes counting possible for all libraries loaded now; cheap when nothing was loaded since the
  /// last call. False where it is not possible. Any thread.
  static bool enable();

 private:
  size_t count_, bytes_;
};

}  // namespace tenon::guard
