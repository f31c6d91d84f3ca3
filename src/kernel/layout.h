// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a tensor's elements lie in memory.
#pragma once

#include <cstdint>
#include <string>

#include "base/dims.h"
#include "base/dtype.h"

namespace tenon::kernel {

/// Row-major, or channels-last, or either in vectors of channels. The channel axis is the third
/// from the end (fourth for the D… formats of volumes). Plain value of eight bytes; goes into
/// engine files. Interface fact: nvinfer1::TensorFormat (kLINEAR, kCHWn, kHWCn, kDHWC…).
struct Layout {
  enum class Order : uint8_t { RowMajor, ChannelsLast };

  Order order = Order::RowMajor;
  uint8_t channel_from_end = 3;  ///< 3 or 4; only meaningful when not linear()
  uint8_t vector = 1;  ///< channels per vector; the channel extent is padded to a multiple
  uint8_t reserved = 0;
  uint32_t private_id = 0;  ///< a library's own layout; 0 for none. Only equal ids exchange data.

  static constexpr Layout linear() { return {}; }
  static constexpr Layout chw(uint8_t n, uint8_t from_end = 3) {
    return {Order::RowMajor, from_end, n, 0, 0};
  }
  static constexpr Layout hwc(uint8_t n = 1, uint8_t from_end = 3) {
    return {Order::ChannelsLast, from_end, n, 0, 0};
  }
  [[nodiscard]] constexpr bool is_linear() const noexcept {
    return order == Order::RowMajor && vector == 1 && private_id == 0;
  }
  friend constexpr bool operator==(const Layout& a, const Layout& b) noexcept {
    if (a.is_linear() && b.is_linear()) return true;
    return a.order == b.order && a.channel_from_end == b.channel_from_end && a.vector == b.vector &&
           a.private_id == b.private_id;
  }
};

/// True if a tensor of this rank can lie so: it has the channel axis that vectors and channels-last
/// speak of.
bool fits(const Layout& layout, int rank) noexcept;
/// Elements that storage takes, padding included; a layout that does not fit pads nothing.
int64_t storage_elements(const Layout& layout, const Dims& dims) noexcept;
/// Bytes that storage takes.
int64_t storage_bytes(const Layout& layout, const Dims& dims, DType dtype) noexcept;
/// Element strides of the axes, for layouts that fit and have vector == 1.
Dims strides(const Layout& layout, const Dims& dims) noexcept;
/// Position of the element at `index` (one entry an axis), in elements, in a layout that fits.
int64_t offset(const Layout& layout, const Dims& dims, const Dims& index) noexcept;
/// "linear", "chw16", "hwc", "hwc8", "dhwc", "cdhw32", "private(7)".
std::string to_string(const Layout& layout);

}  // namespace tenon::kernel
