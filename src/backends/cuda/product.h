// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A product of matrices as extents and strides.
#pragma once

#include <span>

#include "backends/cuda/axes.h"
#include "base/status.h"
#include "ops/mat_mul.h"

namespace tenon::cuda {

/// What a MatMul of given shapes does. Strides in elements.
struct Product {
  int64_t rows = 1, columns = 1, depth = 1;
  int64_t a_row = 0, a_column = 0, b_row = 0, b_column = 0, bias_row = 0, bias_column = 0;
  AxisWalk batch;  ///< merged; operands a, b, the bias (zeros without one) and the output
  bool biased = false;
};

/// kUnlikeShapes when they do not fit together. `inputs`: a, b, and maybe a bias.
Status describe_product(const ops::MatMul& op, std::span<const kernel::TensorDesc> inputs,
                        const kernel::TensorDesc& output, Product& product);

}  // namespace tenon::cuda
