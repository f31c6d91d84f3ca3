// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element with parameters that are tensors: scaling, quantisation, bits.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// (x · scale + shift)^power. Inputs: x, and optionally shift, scale and power, which broadcast to
/// x. `mode` and `axis` tell how the network interface asked for it.
struct ScaleShift {
  ScaleMode mode = ScaleMode::Uniform;
  int64_t axis = 1;
  static constexpr auto fields() {
    return std::tuple{Field{"mode", &ScaleShift::mode}, Field{"axis", &ScaleShift::axis}};
  }
};
Status infer(const ScaleShift& op, Inference& inference);
enum ScaleInput : size_t { kScaleX, kScaleShift, kScaleFactor, kScalePower };

/// x < 0 ? slope · x : x. Inputs: x, slope, which broadcasts to x. Source: ONNX operator PRelu.
struct ParametricRelu {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const ParametricRelu& op, Inference& inference);

/// round(x / scale) + zero, to even and kept within the type `to`: an integer of at most 16 bits,
/// or a floating type of storage, which has no zero. Inputs: x, scale, and optionally zero, of one
/// element, or as many as `axis` has, or blocks: as many axes as x has, whose extents divide those
/// of x.
struct Quantize {
  int64_t axis = -1;  ///< −1: there is one scale
  DType to = DType::I8;
  static constexpr auto fields() {
    return std::tuple{Field{"axis", &Quantize::axis}, Field{"to", &Quantize::to}};
  }
};
Status infer(const Quantize& op, Inference& inference);

/// (x − zero) · scale, in the floating type `to`. Inputs as of Quantize.
struct Dequantize {
  int64_t axis = -1;
  DType to = DType::F32;
  static constexpr auto fields() {
    return std::tuple{Field{"axis", &Dequantize::axis}, Field{"to", &Dequantize::to}};
  }
};
Status infer(const Dequantize& op, Inference& inference);

/// Quantize with a scale for each block, which has `block` elements along each axis (those at the
/// ends may have fewer): the greatest magnitude in it, over the greatest number of `to`, as a
/// number of type `scale` (of F8E8M0 the next power of two above). A block of zeros stays that.
/// Inputs: x, and optionally the scale of the scales, of one element, that these are divided by
/// before they become `scale`, and blocks with them. Outputs: numbers of type `to`, their scales.
/// Source: nvinfer1::IDynamicQuantizeLayer.
struct DynamicQuantize {
  Dims block;
  DType to = DType::F8E4M3;     ///< or F4E2M1
  DType scale = DType::F8E8M0;  ///< or F8E4M3
  static constexpr auto fields() {
    return std::tuple{Field{"block", &DynamicQuantize::block}, Field{"to", &DynamicQuantize::to},
                      Field{"scale", &DynamicQuantize::scale}};
  }
};
Status infer(const DynamicQuantize& op, Inference& inference);

/// Bit by bit, broadcast as in NumPy. A shift by less than 0, or by as many bits as there are,
/// gives 0; to the right, the sign is not kept.
struct Bitwise {
  BitwiseKind kind = BitwiseKind::And;
  static constexpr auto fields() { return std::tuple{Field{"kind", &Bitwise::kind}}; }
};
Status infer(const Bitwise& op, Inference& inference);

}  // namespace tenon::ops
