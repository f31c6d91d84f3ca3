// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reordering by kernel::offset alone: slow, and plainly right.
#include "buffer.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tenon::conformance {

namespace {

constexpr size_t kGuard = 256;
constexpr std::byte kPattern{0xcb};

/// Calls visit(row-major number, position in the layout) for every element.
template <class Visit>
void for_each_element(const kernel::TensorDesc& desc, Visit&& visit) {
  const Dims strides = row_major_strides(desc.dims);
  const int64_t count = desc.elements();
  for (int64_t i = 0; i < count; ++i) {
    Dims index = desc.dims;
    for (int axis = 0; axis < index.rank(); ++axis) {
      index[axis] = i / strides[axis] % desc.dims[axis];
    }
    visit(static_cast<size_t>(i),
          static_cast<size_t>(kernel::offset(desc.layout, desc.dims, index)));
  }
}

}  // namespace

Buffer::Buffer(size_t bytes) : size_(bytes), memory_(bytes + kGuard) {
  std::fill_n(memory_.data(), memory_.size(), kPattern);
}

bool Buffer::guard_intact() const noexcept {
  const auto guard = memory_.bytes().subspan(size_);
  return std::all_of(guard.begin(), guard.end(), [](std::byte b) { return b == kPattern; });
}

void scatter(const ops::ConstantData& tensor, const kernel::TensorDesc& desc, Buffer& buffer) {
  const size_t size = byte_size(desc.dtype, 1);
  std::fill_n(buffer.data(), buffer.bytes().size(), std::byte{0});
  for_each_element(desc, [&](size_t from, size_t to) {
    std::memcpy(buffer.data() + to * size, tensor.bytes().data() + from * size, size);
  });
}

ops::ConstantRef gather(const Buffer& buffer, const kernel::TensorDesc& desc) {
  const size_t size = byte_size(desc.dtype, 1);
  AlignedBuffer linear(static_cast<size_t>(desc.elements()) * size);
  for_each_element(desc, [&](size_t to, size_t from) {
    std::memcpy(linear.data() + to * size, buffer.bytes().data() + from * size, size);
  });
  return ops::ConstantData::adopt(desc.dtype, desc.dims, std::move(linear));
}

bool padding_is_zero(const Buffer& buffer, const kernel::TensorDesc& desc) {
  const size_t size = byte_size(desc.dtype, 1);
  std::vector<bool> used(buffer.bytes().size() / size, false);
  for_each_element(desc, [&](size_t, size_t at) { used[at] = true; });
  for (size_t i = 0; i < used.size(); ++i) {
    const auto lane = buffer.bytes().subspan(i * size, size);
    const bool zero =
        std::all_of(lane.begin(), lane.end(), [](std::byte b) { return b == std::byte{0}; });
    if (!used[i] && !zero) return false;
  }
  return true;
}

}  // namespace tenon::conformance
