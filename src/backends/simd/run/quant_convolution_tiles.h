// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The packing of quant_convolution_tiles.
#pragma once

#include "backends/simd/run/tile_product.h"

namespace tenon::simd::quant_convolution_tiles {

/// Describes the packing: equal bytes, equal layout.
inline PackedLayout layout_of(const ConvParams& params) {
  PackedLayout bytes;
  bytes.text("tiles");
  for (const int64_t extent : params.weight) bytes.put(extent);
  for (const int64_t dilation : params.op.dilations) bytes.put(dilation);
  return bytes;
}

}  // namespace tenon::simd::quant_convolution_tiles
