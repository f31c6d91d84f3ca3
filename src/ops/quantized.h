// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on small integers that stand for real numbers: sums are whole, rounding comes once.
#pragma once

#include "ops/convolution.h"
#include "ops/mat_mul.h"
#include "ops/pooling.h"

namespace tenon::ops {

/// What the integers of a tensor stand for: real = (q − zero) · scale.
struct Grid {
  float scale = 1;
  int64_t zero = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"scale", &Grid::scale}, Field{"zero", &Grid::zero}};
  }
  friend bool operator==(const Grid&, const Grid&) = default;
};

/// Inputs of QuantConvolution and QuantMatMul: x and residual i8 or u8, w i8 around zero, bias f32,
/// w_scale f32 of one element or one an output channel (of a product: a column). Bias and residual
/// may be absent.
enum QuantizedInput : size_t {
  kQuantX,
  kQuantWeight,
  kQuantBias,
  kQuantResidual,
  kQuantWeightScale
};

/// The convolution of what x and w stand for, plus bias and residual, activated; as `to` (i8 or u8,
/// rounded to even and saturated on grid `y`, or f32). Made by passes, never by importers.
struct QuantConvolution {
  Convolution convolution;
  Grid x, residual, y;
  DType to = DType::I8;
  /// The sum of convolution and bias is brought to integers `to` on grid `between` before the
  /// residual is added, as in models that quantise both operands of a sum.
  bool rounds_between = false;
  Grid between;
  static constexpr auto fields() {
    return std::tuple{Field{"convolution", &QuantConvolution::convolution},
                      Field{"x", &QuantConvolution::x},
                      Field{"residual", &QuantConvolution::residual},
                      Field{"y", &QuantConvolution::y},
                      Field{"to", &QuantConvolution::to},
                      Field{"rounds_between", &QuantConvolution::rounds_between},
                      Field{"between", &QuantConvolution::between}};
  }
};
Status infer(const QuantConvolution& op, Inference& inference);

/// The product of what x and w stand for, as QuantConvolution; w is a matrix, and a residual there
/// is none.
struct QuantMatMul {
  MatMul product;
  Grid x, y;
  DType to = DType::I8;
  static constexpr auto fields() {
    return std::tuple{Field{"product", &QuantMatMul::product}, Field{"x", &QuantMatMul::x},
                      Field{"y", &QuantMatMul::y}, Field{"to", &QuantMatMul::to}};
  }
};
Status infer(const QuantMatMul& op, Inference& inference);

/// activation(a + b) of what the inputs stand for, of one shape, the second optional; as `to` (i8
/// or u8, on grid `y`). Made by passes, never by importers.
struct QuantSum {
  Activation activation{ActivationKind::None};
  Grid a, b, y;
  DType to = DType::I8;
  static constexpr auto fields() {
    return std::tuple{Field{"activation", &QuantSum::activation}, Field{"a", &QuantSum::a},
                      Field{"b", &QuantSum::b}, Field{"y", &QuantSum::y},
                      Field{"to", &QuantSum::to}};
  }
};
Status infer(const QuantSum& op, Inference& inference);

/// The averages of what x (i8 or u8) stands for, as `to` (i8 or u8, on grid `y`). `pooling` is of
/// kind Average. Made by passes, never by importers.
struct QuantPooling {
  Pooling pooling;
  Grid x, y;
  DType to = DType::I8;
  static constexpr auto fields() {
    return std::tuple{Field{"pooling", &QuantPooling::pooling}, Field{"x", &QuantPooling::x},
                      Field{"y", &QuantPooling::y}, Field{"to", &QuantPooling::to}};
  }
};
Status infer(const QuantPooling& op, Inference& inference);

}  // namespace tenon::ops
