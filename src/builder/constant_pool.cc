// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Laying out and deduplicating constants.
#include "builder/constant_pool.h"

#include <algorithm>
#include <cstring>

#include "base/aligned_buffer.h"
#include "base/hash.h"

namespace tenon::builder {

Bytes lay_out(const ops::ConstantData& data, const kernel::Layout& layout) {
  const std::span<const std::byte> from = data.bytes();
  if (layout.is_linear()) return {from.begin(), from.end()};
  Bytes to(static_cast<size_t>(kernel::storage_bytes(layout, data.dims(), data.dtype())));
  const size_t size = byte_size(data.dtype(), 1);
  const Dims steps = row_major_strides(data.dims());
  for (int64_t i = 0; i < data.count(); ++i) {
    Dims index = data.dims();
    for (int axis = 0; axis < index.rank(); ++axis) {
      index[axis] = i / steps[axis] % data.dims()[axis];
    }
    const auto at = static_cast<size_t>(kernel::offset(layout, data.dims(), index));
    std::memcpy(to.data() + at * size, from.data() + static_cast<size_t>(i) * size, size);
  }
  return to;
}

uint64_t ConstantPool::add(const ops::ConstantData& data, const kernel::Layout& layout) {
  if (layout.is_linear()) return add(data.bytes());
  return add(lay_out(data, layout));
}

uint64_t ConstantPool::add(std::span<const std::byte> bytes) {
  const uint64_t hash = hash64(bytes);
  const auto [begin, end] = known_.equal_range(hash);
  for (auto it = begin; it != end && !numbers_vary_; ++it) {
    const auto [offset, size] = it->second;
    if (size == bytes.size() && std::equal(bytes.begin(), bytes.end(), bytes_.data() + offset)) {
      return offset;
    }
  }
  const uint64_t offset = align_up(bytes_.size());
  bytes_.resize(offset);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  known_.insert({hash, {offset, bytes.size()}});
  return offset;
}

Bytes ConstantPool::take() {
  known_.clear();
  return std::move(bytes_);
}

}  // namespace tenon::builder
