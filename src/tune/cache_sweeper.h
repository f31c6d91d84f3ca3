// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Makes caches forget, so that a kernel is timed with its weights where a network leaves them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"
#include "device/target.h"

namespace tenon::tune {

/// Walks buffers larger than a core's private caches. One thread at a time.
class CacheSweeper {
 public:
  explicit CacheSweeper(const device::Target& target);
  /// Replaces what the private caches of up to `threads` cores hold.
  void sweep(int threads) noexcept;
  /// Reads `bytes` back in, as far as they fit: a layer finds its activations where the layer
  /// before left them.
  void touch(std::span<const std::byte> bytes) noexcept;

 private:
  size_t bytes_;
  std::vector<AlignedBuffer> buffers_;  ///< one a thread, made on first need
};

}  // namespace tenon::tune
