// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Windows of convolutions and poolings as a hostile record gives them.
#pragma once

#include "base/dims.h"

namespace tenon::simd {

/// The parameters of an operator's window: one entry a spatial axis, the last one along rows.
struct Window {
  const Dims &kernel, &strides, &pads_begin, &pads_end, &dilations;

  template <class OpStruct>
  explicit Window(const OpStruct& op)
      : kernel(op.kernel),
        strides(op.strides),
        pads_begin(op.pads_begin),
        pads_end(op.pads_end),
        dilations(op.dilations) {}

  /// True if all lists have one entry an axis, in the range that an operator may have, and small
  /// enough for sums and products of two to stay numbers.
  [[nodiscard]] bool sound() const noexcept;
  /// Windows along spatial axis `i` of `extent` elements; with `ceil` a last, partial one counts if
  /// it begins within the input or the padding before it. -1 where not even one fits. Of a sound
  /// window only.
  [[nodiscard]] int64_t count(int i, int64_t extent, bool ceil) const noexcept;
};

/// Windows of poolings over a row-major plane may have at most this many rows.
inline constexpr int64_t kMostPoolRows = 64;

}  // namespace tenon::simd
