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

/// MatMul of stacks of vectors: the last axis of an operand that is `vector` is a vector, as a row
/// on the left and a column on the right, whose other axis the product lacks. Operands of one axis
/// are vectors in any case; vectors cannot be transposed. Made by the network interface, and gone
/// after the first passes. Source: nvinfer1::MatrixOperation.
struct VectorProduct {
  bool transpose_a = false, transpose_b = false;
  bool vector_a = false, vector_b = false;

  static constexpr auto fields() {
    return std::tuple{Field{"transpose_a", &VectorProduct::transpose_a},
                      Field{"transpose_b", &VectorProduct::transpose_b},
                      Field{"vector_a", &VectorProduct::vector_a},
                      Field{"vector_b", &VectorProduct::vector_b}};
  }
};
Status infer(const VectorProduct& op, Inference& inference);

/// The shape in which MatMul takes operand `i` of a VectorProduct: a vector has gained an axis of
/// extent 1. `shape` has at least one axis.
expr::Shape as_matrices(const VectorProduct& op, size_t i, expr::Shape shape);

}  // namespace tenon::ops
