// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The packing of convolution_channels, for those who pack and those who read.
#pragma once

#include "backends/simd/run/convolution.h"
#include "backends/simd/run/panels.h"

namespace tenon::simd::convolution_channels {

/// Order of the taps in the packed weight, chosen so that runs are long.
enum class TapOrder : uint8_t {
  ChannelsInside,  ///< [ky][kx][c], read along the channels
  ColumnsInside,   ///< [c][ky][kx], read along the kernel's columns
};

TapOrder order_for(const ConvParams& params, bool channels_last);
/// The output channels of one group.
Panels panels_of(const ConvParams& params, Level level);
/// Describes the packing: equal bytes, equal layout.
PackedLayout layout_of(const ConvParams& params, Level level, TapOrder order);

}  // namespace tenon::simd::convolution_channels
