// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One matrix product over numbers of any format.
#pragma once

#include <cstdint>

#include "hostcuda/numeric/row.h"

namespace hostcuda::cublas {

/// In what a product is summed.
enum class Arithmetic : std::uint8_t { F32, F64, S32 };

/// A column-major matrix in memory: its format, leading dimension in elements, and whether op()
/// transposes it.
struct Matrix {
  Number number = Number::F32;
  std::int64_t ld = 1;
  bool transposed = false;
};

/// C = alpha op(A) op(B) + beta C: op(A) is m by k, op(B) k by n, C m by n.
struct Product {
  Arithmetic arithmetic = Arithmetic::F32;
  std::int64_t m = 0, n = 0, k = 0;
  Matrix a, b, c;
};

/// Carries it out. A and B are not read where alpha is zero or k is, C where beta is zero. alpha
/// and beta hold a float, a double or an int32 exactly, as the arithmetic wants. Throws
/// std::bad_alloc.
void multiply(const Product& product, double alpha, const void* a, const void* b, double beta,
              void* c);

}  // namespace hostcuda::cublas
