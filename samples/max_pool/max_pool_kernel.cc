// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loops. A window that hangs over an edge is cut first, so the loops test nothing.
#include "max_pool_kernel.h"

#include <algorithm>
#include <limits>

namespace maxpool {

namespace {

/// The part of the window of output `at` that lies inside [0, extent).
struct Range {
  int64_t begin, end;
};

Range cut(Axis const& axis, int64_t at, int64_t extent) {
  int64_t const first = at * axis.stride - axis.pad;
  return {std::max<int64_t>(first, 0), std::min(first + axis.kernel, extent)};
}

constexpr float kEmpty = -std::numeric_limits<float>::infinity();

}  // namespace

void poolLinear(Window const& window, Extents const& e, float const* in, float* out) {
  for (int64_t picture = 0; picture < e.batch * e.channels; ++picture) {
    for (int64_t oy = 0; oy < e.outHeight; ++oy) {
      Range const rows = cut(window.y, oy, e.inHeight);
      for (int64_t ox = 0; ox < e.outWidth; ++ox) {
        Range const columns = cut(window.x, ox, e.inWidth);
        float greatest = kEmpty;
        for (int64_t y = rows.begin; y < rows.end; ++y) {
          for (int64_t x = columns.begin; x < columns.end; ++x) {
            greatest = std::max(greatest, in[y * e.inWidth + x]);
          }
        }
        *out++ = greatest;
      }
    }
    in += e.inHeight * e.inWidth;
  }
}

void poolChannelsLast(Window const& window, Extents const& e, float const* in, float* out) {
  for (int64_t n = 0; n < e.batch; ++n) {
    for (int64_t oy = 0; oy < e.outHeight; ++oy) {
      Range const rows = cut(window.y, oy, e.inHeight);
      for (int64_t ox = 0; ox < e.outWidth; ++ox, out += e.channels) {
        Range const columns = cut(window.x, ox, e.inWidth);
        std::fill_n(out, e.channels, kEmpty);
        for (int64_t y = rows.begin; y < rows.end; ++y) {
          for (int64_t x = columns.begin; x < columns.end; ++x) {
            float const* pixel = in + (y * e.inWidth + x) * e.channels;
            for (int64_t c = 0; c < e.channels; ++c) out[c] = std::max(out[c], pixel[c]);
          }
        }
      }
    }
    in += e.inHeight * e.inWidth * e.channels;
  }
}

}  // namespace maxpool
