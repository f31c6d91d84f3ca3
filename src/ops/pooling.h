// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// Over windows of the spatial axes of x [N, C, spatial…]. Padding counts as minus infinity (max)
/// or, with count_include_pad, as zero (average). Source: ONNX operators MaxPool and AveragePool.
struct Pooling {
  PoolingKind kind = PoolingKind::Max;
  Dims kernel, strides, pads_begin, pads_end, dilations;  ///< one entry a spatial axis
  bool ceil_mode = false;
  bool count_include_pad = false;
  float blend = 0;  ///< share of the average, of kind Blend

  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Pooling::kind},
                      Field{"kernel", &Pooling::kernel},
                      Field{"strides", &Pooling::strides},
                      Field{"pads_begin", &Pooling::pads_begin},
                      Field{"pads_end", &Pooling::pads_end},
                      Field{"dilations", &Pooling::dilations},
                      Field{"ceil_mode", &Pooling::ceil_mode},
                      Field{"count_include_pad", &Pooling::count_include_pad},
                      Field{"blend", &Pooling::blend}};
  }
};
Status infer(const Pooling& op, Inference& inference);

}  // namespace tenon::ops
