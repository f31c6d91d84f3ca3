// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The packing of convolution_rows, for those who pack and those who read.
#pragma once

#include "backends/simd/loops/rows.h"
#include "backends/simd/run/convolution.h"

namespace tenon::simd::convolution_rows {

/// The output channels of one group in blocks of nearly equal size, each held in registers.
struct Blocks {
  int64_t channels, count;
  Blocks(int64_t group_outputs, Level level, int vectors)
      : channels(group_outputs),
        count((group_outputs + most(level, vectors) - 1) / most(level, vectors)) {}
  static int64_t most(Level level, int vectors) {
    return row_loops(level).max_channels[vectors - 1];
  }
  [[nodiscard]] int64_t begin(int64_t block) const { return channels * block / count; }
};

/// Describes the packing: equal bytes, equal layout.
PackedLayout layout_of(const ConvParams& params, Level level, int vectors);

}  // namespace tenon::simd::convolution_rows
