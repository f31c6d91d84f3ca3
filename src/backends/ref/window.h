// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sliding windows over one to three spatial axes, always seen as three.
#pragma once

#include "base/dims.h"

namespace tenon::ref {

/// Axes z, y, x; those that are not there have extent, kernel, stride and dilation 1, pad 0.
struct Window {
  int64_t in[3], out[3], kernel[3], stride[3], pad[3], pad_end[3], dilation[3];

  template <class Op>
  Window(const Op& op, const Dims& x, const Dims& y) noexcept {
    const int missing = 3 - op.kernel.rank();
    for (int i = 0; i < 3; ++i) {
      const int axis = i - missing;
      const bool there = axis >= 0;
      in[i] = there ? x[axis + 2] : 1;
      out[i] = there ? y[axis + 2] : 1;
      kernel[i] = there ? op.kernel[axis] : 1;
      stride[i] = there ? op.strides[axis] : 1;
      pad[i] = there ? op.pads_begin[axis] : 0;
      pad_end[i] = there ? op.pads_end[axis] : 0;
      dilation[i] = there ? op.dilations[axis] : 1;
    }
  }
  /// Where tap `tap` of window `at` lies along `axis`; may be outside the input.
  [[nodiscard]] int64_t source(int axis, int64_t at, int64_t tap) const noexcept {
    return at * stride[axis] - pad[axis] + tap * dilation[axis];
  }
  [[nodiscard]] bool inside(int axis, int64_t position) const noexcept {
    return position >= 0 && position < in[axis];
  }
  [[nodiscard]] int64_t in_volume() const noexcept { return in[0] * in[1] * in[2]; }
  [[nodiscard]] int64_t out_volume() const noexcept { return out[0] * out[1] * out[2]; }
  [[nodiscard]] int64_t kernel_volume() const noexcept { return kernel[0] * kernel[1] * kernel[2]; }
};

}  // namespace tenon::ref
