// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution and its fused epilogue.
#pragma once

#include "base/dims.h"
#include "ops/activation.h"

namespace tenon::ops {

/// Cross-correlation over the spatial axes. Inputs: x [N, C, spatial…], w [M, C/groups, kernel…],
/// optional bias [M], optional residual of the output's shape. Output: activation(conv + bias +
/// residual). Source: ONNX operator Conv.
struct Convolution {
  Dims kernel, strides, pads_begin, pads_end, dilations;  ///< one entry a spatial axis
  int64_t groups = 1;
  Activation activation{ActivationKind::None};

  static constexpr auto fields() {
    return std::tuple{
        Field{"kernel", &Convolution::kernel},         Field{"strides", &Convolution::strides},
        Field{"pads_begin", &Convolution::pads_begin}, Field{"pads_end", &Convolution::pads_end},
        Field{"dilations", &Convolution::dilations},   Field{"groups", &Convolution::groups},
        Field{"activation", &Convolution::activation}};
  }
};
Status infer(const Convolution& op, Inference& inference);

/// The transposed convolution. Inputs: x [N, C, spatial…], w [C, M/groups, kernel…], optional bias
/// [M]. Every element of x adds the kernel, times itself, at its place · stride of the output, of
/// which pads are cut off. Source: ONNX operator ConvTranspose.
struct Deconvolution {
  Dims kernel, strides, pads_begin, pads_end, dilations;  ///< one entry a spatial axis
  int64_t groups = 1;

  static constexpr auto fields() {
    return std::tuple{Field{"kernel", &Deconvolution::kernel},
                      Field{"strides", &Deconvolution::strides},
                      Field{"pads_begin", &Deconvolution::pads_begin},
                      Field{"pads_end", &Deconvolution::pads_end},
                      Field{"dilations", &Deconvolution::dilations},
                      Field{"groups", &Deconvolution::groups}};
  }
};
Status infer(const Deconvolution& op, Inference& inference);

/// Positions of a Convolution's inputs.
enum ConvolutionInput : size_t { kConvX, kConvWeight, kConvBias, kConvResidual };

}  // namespace tenon::ops
