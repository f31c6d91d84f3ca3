// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max-pooling with plain loops: what the plugin computes. Allocates nothing and cannot fail.
#pragma once

#include <cuda_fp16.h>

#include <cstdint>

namespace maxpool {

/// One axis of the window. Padding is empty: it takes part in no maximum, and is less than the
/// kernel, so that no window is empty.
struct Axis {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t pad = 0;  ///< before and after
};

struct Window {
  Axis y, x;
};

/// Where the elements of pictures lie: batch, channel, row, column; strides in elements.
struct Layout {
  int64_t extent[4];
  int64_t stride[4];
};

/// Pools every picture of `in` into `out`; batches and channels agree.
void pool(Window const& window, Layout const& from, Layout const& to, float const* in, float* out);
void pool(Window const& window, Layout const& from, Layout const& to, __half const* in,
          __half* out);
void pool(Window const& window, Layout const& from, Layout const& to, int8_t const* in,
          int8_t* out);

}  // namespace maxpool
