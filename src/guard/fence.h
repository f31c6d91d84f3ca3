// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Addresses that nobody may touch, and who touched them first.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace tenon::guard {

/// The first touch of a fence. Offsets count from the fence's first byte.
struct Trespass {
  size_t first = 0;  ///< of the first access
  size_t lowest_write = 0, highest_write = 0;
  bool wrote = false;  ///< else it read
};

/// Whole pages without any access right. While it is raised, an access there does not end the
/// process: it is noted, and the pages around it are opened so that whoever did it goes on. Its
/// owner maps and unmaps the pages. May be touched from any thread; raised and lowered by one.
class Fence {
 public:
  /// `begin` and `size` are multiples of the page size; pages are mapped without access.
  Fence(std::byte* begin, size_t size);
  Fence(const Fence&) = delete;
  Fence& operator=(const Fence&) = delete;

  /// False when the process has no room for more fences: accesses then end it as ever.
  bool raise() noexcept;
  /// Closes what was opened and tells of it.
  std::optional<Trespass> lower() noexcept;

  /// For the signal handler: true if `address` lies here and is open now.
  bool touched(uintptr_t address, bool write) noexcept;

 private:
  [[nodiscard]] Trespass survey() const noexcept;

  static constexpr size_t kNowhere = SIZE_MAX;

  std::byte* begin_;
  size_t size_;
  std::atomic<size_t> first_{kNowhere};
  std::unique_ptr<std::atomic<bool>[]> open_;  ///< by piece
  std::atomic<bool> wrote_{false};
};

/// While it lives, an access that no fence takes for its own is said, with `words`, before it ends
/// the process as it would have. `words` outlive the object. Of several threads the last one is
/// heard.
class LastWords {
 public:
  explicit LastWords(const char* words) noexcept;
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

 private:
  const char* words_;
};

}  // namespace tenon::guard
