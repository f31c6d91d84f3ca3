// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max-pooling of float32 pictures with plain loops: what the plugin computes.
#pragma once

#include <cstdint>

namespace maxpool {

/// One axis of the window. Padding is empty: it takes part in no maximum.
struct Axis {
  int32_t kernel = 1;
  int32_t stride = 1;
  int32_t pad = 0;  ///< before and after
};

struct Window {
  Axis y, x;
};

/// Extents of one call; elements of a picture in the order the format says.
struct Extents {
  int64_t batch, channels, inHeight, inWidth, outHeight, outWidth;
};

/// Pools pictures stored N, C, H, W.
void poolLinear(Window const& window, Extents const& extents, float const* in, float* out);

/// Pools pictures stored N, H, W, C.
void poolChannelsLast(Window const& window, Extents const& extents, float const* in, float* out);

}  // namespace maxpool
