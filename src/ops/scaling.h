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

/// round(x / scale) + zero, to even and kept within the type `to` (i8 or u8). Inputs: x, scale, and
/// optionally zero, of one element or as many as `axis` has.
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

/// Bit by bit, broadcast as in NumPy. A shift by less than 0, or by as many bits as there are,
/// gives 0; to the right, the sign is not kept.
struct Bitwise {
  BitwiseKind kind = BitwiseKind::And;
  static constexpr auto fields() { return std::tuple{Field{"kind", &Bitwise::kind}}; }
};
Status infer(const Bitwise& op, Inference& inference);

}  // namespace tenon::ops
