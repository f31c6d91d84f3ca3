// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Allocation of aligned blocks.
#include "base/aligned_buffer.h"

#include <cstring>

namespace tenon {

AlignedBuffer::AlignedBuffer(size_t size) noexcept {
  if (size == 0) return;
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, align_up(size))));
  if (data_ == nullptr) return;
  std::memset(data_.get(), 0, size);
  size_ = size;
}

}  // namespace tenon
