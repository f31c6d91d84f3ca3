// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Joining axes.
#include "backends/cuda/axes.h"

namespace tenon::cuda {

int64_t AxisWalk::volume() const noexcept {
  int64_t product = 1;
  for (const int64_t extent : extents) product *= extent;
  return product;
}

void AxisWalk::remove(size_t axis) {
  extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
  for (auto& own : strides) own.erase(own.begin() + static_cast<std::ptrdiff_t>(axis));
}

void AxisWalk::merge() {
  for (size_t axis = rank(); axis-- > 0;) {
    if (extents[axis] == 1) remove(axis);
  }
  for (size_t axis = rank(); axis-- > 1;) {
    bool joins = true;
    for (const auto& own : strides) joins = joins && own[axis - 1] == own[axis] * extents[axis];
    if (!joins) continue;
    extents[axis - 1] *= extents[axis];
    for (auto& own : strides) own[axis - 1] = own[axis];
    remove(axis);
  }
}

std::vector<int64_t> strides_of(const kernel::TensorDesc& desc) {
  const Dims strides = kernel::strides(desc.layout, desc.dims);
  return {strides.begin(), strides.end()};
}

bool broadcast_strides(const kernel::TensorDesc& desc, const Dims& to,
                       std::vector<int64_t>& strides) {
  const int missing = to.rank() - desc.dims.rank();
  if (missing < 0) return false;
  const std::vector<int64_t> own = strides_of(desc);
  strides.assign(static_cast<size_t>(to.rank()), 0);
  for (int axis = 0; axis < desc.dims.rank(); ++axis) {
    if (desc.dims[axis] == 1) continue;
    if (desc.dims[axis] != to[axis + missing]) return false;
    const int at = axis + missing;
    strides[static_cast<size_t>(at)] = own[static_cast<size_t>(axis)];
  }
  return true;
}

std::vector<int> memory_order(const kernel::TensorDesc& desc) {
  std::vector<int> order;
  const bool last = desc.layout.order == kernel::Layout::Order::ChannelsLast;
  const int channel = last ? desc.dims.rank() - desc.layout.channel_from_end : -1;
  for (int axis = 0; axis < desc.dims.rank(); ++axis) {
    if (axis != channel) order.push_back(axis);
  }
  if (channel >= 0) order.push_back(channel);
  return order;
}

}  // namespace tenon::cuda
