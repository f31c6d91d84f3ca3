// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The packing of convolution_depthwise, for those who pack and those who read.
#pragma once

#include "backends/simd/run/convolution.h"

namespace tenon::simd::convolution_depthwise {

/// Weights and bias are padded to this many channels, as vectors of channels are.
inline constexpr int64_t kPadding = 16;
inline int64_t padded(int64_t channels) { return (channels + kPadding - 1) / kPadding * kPadding; }

/// Describes the packing: equal bytes, equal layout.
PackedLayout layout_of(const ConvParams& params);

}  // namespace tenon::simd::convolution_depthwise
