// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic of layouts.
#include "kernel/layout.h"

#include "kernel/layout_text.h"

namespace tenon::kernel {

namespace {

int channel_axis(const Layout& layout, int rank) { return rank - layout.channel_from_end; }

/// Vectors that hold `channels` channels.
int64_t vectors(const Layout& layout, int64_t channels) {
  return (channels + layout.vector - 1) / layout.vector;
}

}  // namespace

bool fits(const Layout& layout, int rank) noexcept {
  const bool plain = layout.order == Layout::Order::RowMajor && layout.vector == 1;
  return plain || rank >= layout.channel_from_end;
}

int64_t storage_elements(const Layout& layout, const Dims& dims) noexcept {
  if (layout.vector == 1 || !fits(layout, dims.rank())) return dims.volume();
  Dims padded = dims;
  int64_t& channels = padded[channel_axis(layout, dims.rank())];
  channels = vectors(layout, channels) * layout.vector;
  return padded.volume();
}

int64_t storage_bytes(const Layout& layout, const Dims& dims, DType dtype) noexcept {
  return static_cast<int64_t>(
      byte_size(dtype, static_cast<size_t>(storage_elements(layout, dims))));
}

Dims strides(const Layout& layout, const Dims& dims) noexcept {
  if (layout.order == Layout::Order::RowMajor) return row_major_strides(dims);
  const int rank = dims.rank();
  const int axis = channel_axis(layout, rank);
  Dims result = dims;
  result[axis] = 1;
  int64_t step = vectors(layout, dims[axis]) * layout.vector;
  for (int i = rank - 1; i >= 0; --i) {
    if (i == axis) continue;
    result[i] = step;
    step *= dims[i];
  }
  return result;
}

int64_t offset(const Layout& layout, const Dims& dims, const Dims& index) noexcept {
  const bool blocked = layout.order == Layout::Order::RowMajor && layout.vector > 1;
  if (!blocked) {
    const Dims step = strides(layout, dims);
    int64_t position = 0;
    for (int i = 0; i < dims.rank(); ++i) position += index[i] * step[i];
    return position;
  }
  const int axis = channel_axis(layout, dims.rank());
  int64_t position = 0;
  for (int i = 0; i < dims.rank(); ++i) {
    const int64_t extent = i == axis ? vectors(layout, dims[i]) : dims[i];
    position = position * extent + (i == axis ? index[i] / layout.vector : index[i]);
  }
  return position * layout.vector + index[axis] % layout.vector;
}

std::string to_string(const Layout& layout) { return std::string(text_of(layout).view()); }

}  // namespace tenon::kernel
