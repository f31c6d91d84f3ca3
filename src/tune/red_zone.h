// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory around a buffer that nobody may write: how kernels that write out of range are found.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/aligned_buffer.h"

namespace tenon::tune {

/// A buffer between two zones of its own: whoever writes past either end meets a zone and not the
/// heap. A zone is as large as the buffer, but no less than 4 KiB and no more than 1 MiB.
class GuardedBuffer {
 public:
  GuardedBuffer() = default;
  /// Empty when memory ran out: check data().
  explicit GuardedBuffer(size_t size) noexcept;

  [[nodiscard]] std::byte* data() noexcept { return all_.data() + (all_.size() > 0 ? zone_ : 0); }
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data(), size_}; }
  /// Bytes before data(), and after the last of bytes().
  [[nodiscard]] size_t zone() const noexcept { return zone_; }

 private:
  AlignedBuffer all_;
  size_t size_ = 0, zone_ = 0;
};

/// Watches what lies around the first bytes of a guarded buffer, those that a tensor takes.
class RedZone {
 public:
  /// `what` names the tensor in sentences, e.g. `output 0 "y"`. `used` bytes may be written.
  RedZone(std::string what, GuardedBuffer& buffer, size_t used);

  /// Fills the zones; before a run. `width`: how many bytes on either side are watched, at most.
  void paint(size_t width) noexcept;
  /// What was written there since, as a sentence; empty for nothing.
  [[nodiscard]] std::string damage() const;

 private:
  std::string what_;
  std::span<std::byte> before_, after_;
  size_t used_, front_ = 0, back_ = 0;  ///< bytes now watched on either side
};

/// The least width of a zone.
inline constexpr size_t kNarrowZone = 4096;

}  // namespace tenon::tune
