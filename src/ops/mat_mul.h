// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix product with bias and activation.
#pragma once

#include "ops/activation.h"

namespace tenon::ops {

/// activation(a · b + bias) over the last two axes, the others broadcast as in NumPy; rank-1 inputs
/// as in numpy.matmul. Transposes swap the last two axes first. Inputs: a, b, optional bias that
/// broadcasts to the output. Source: ONNX operators MatMul and Gemm.
struct MatMul {
  bool transpose_a = false, transpose_b = false;
  Activation activation{ActivationKind::None};

  static constexpr auto fields() {
    return std::tuple{Field{"transpose_a", &MatMul::transpose_a},
                      Field{"transpose_b", &MatMul::transpose_b},
                      Field{"activation", &MatMul::activation}};
  }
};
Status infer(const MatMul& op, Inference& inference);

}  // namespace tenon::ops
