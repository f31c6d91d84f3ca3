// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One matrix product over numbers of any format.
#include "hostcuda/cublas/product.h"

#include <new>
#include <type_traits>
#include <vector>

#include "hostcuda/cublas/blocked.h"
#ifdef HOSTCUDA_DNNL
#include <dnnl.h>
#endif

namespace hostcuda::cublas {
namespace {

/// The format that memory has when it can be worked on as it lies.
template <typename Work>
constexpr Number kOwn = std::is_same_v<Work, float>    ? Number::F32
                        : std::is_same_v<Work, double> ? Number::F64
                                                       : Number::S32;

/// An alpha or beta as the arithmetic has it: an int32 by its two's complement.
template <typename Work>
Work scalar(double value) {
  if constexpr (std::is_same_v<Work, std::uint32_t>) {
    return static_cast<std::uint32_t>(static_cast<std::int64_t>(value));
  } else {
    return static_cast<Work>(value);
  }
}

/// A matrix of rows by columns in working numbers: where it lies, or a copy.
template <typename Work>
Packed<Work> unpack(const Matrix& matrix, const void* data, std::int64_t rows, std::int64_t columns,
                    std::vector<Work>& copy) {
  if (matrix.number == kOwn<Work>) {
    return {static_cast<const Work*>(data), matrix.ld, matrix.transposed};
  }
  if (matrix.transposed) {
    std::swap(rows, columns);
  }
  copy.resize(static_cast<std::size_t>(rows * columns));
  for (std::int64_t j = 0; j < columns; ++j) {
    load_row(matrix.number, data, j * matrix.ld, 1, rows, copy.data() + j * rows);
  }
  return {copy.data(), rows, matrix.transposed};
}

template <typename Work>
void multiply_unpacked(const Product& p, Work alpha, const Packed<Work>& a, const Packed<Work>& b,
                       Work beta, Work* c, std::int64_t ldc) {
#ifdef HOSTCUDA_DNNL
  if constexpr (std::is_same_v<Work, float>) {
    // Row by row the same memory holds the transposes: C' = op(B)' op(A)'.
    const dnnl_status_t status =
        dnnl_sgemm(b.transposed ? 'T' : 'N', a.transposed ? 'T' : 'N', p.n, p.m, p.k, alpha, b.data,
                   b.ld, a.data, a.ld, beta, c, ldc);
    if (status != dnnl_success) {
      throw std::bad_alloc();
    }
    return;
  }
#endif
  multiply_blocked(p.m, p.n, p.k, alpha, a, b, beta, c, ldc);
}

/// C = beta C.
template <typename Work>
void scale(const Product& p, Work beta, void* c) {
  std::vector<Work> column(static_cast<std::size_t>(p.m));
  for (std::int64_t j = 0; j < p.n && beta != Work(1); ++j) {
    if (beta != Work()) {
      load_row(p.c.number, c, j * p.c.ld, 1, p.m, column.data());
    }
    for (Work& value : column) {
      value = beta == Work() ? Work() : beta * value;
    }
    store_row(p.c.number, c, j * p.c.ld, 1, p.m, column.data());
  }
}

template <typename Work>
void multiply_as(const Product& p, Work alpha, const void* a, const void* b, Work beta, void* c) {
  if (alpha == Work() || p.k == 0) {
    return scale(p, beta, c);
  }
  std::vector<Work> copy_a;
  std::vector<Work> copy_b;
  const Packed<Work> op_a = unpack(p.a, a, p.m, p.k, copy_a);
  const Packed<Work> op_b = unpack(p.b, b, p.k, p.n, copy_b);
  if (p.c.number == kOwn<Work>) {
    return multiply_unpacked(p, alpha, op_a, op_b, beta, static_cast<Work*>(c), p.c.ld);
  }
  std::vector<Work> result(static_cast<std::size_t>(p.m * p.n));
  for (std::int64_t j = 0; j < p.n && beta != Work(); ++j) {
    load_row(p.c.number, c, j * p.c.ld, 1, p.m, result.data() + j * p.m);
  }
  multiply_unpacked(p, alpha, op_a, op_b, beta, result.data(), p.m);
  for (std::int64_t j = 0; j < p.n; ++j) {
    store_row(p.c.number, c, j * p.c.ld, 1, p.m, result.data() + j * p.m);
  }
}

}  // namespace

void multiply(const Product& product, double alpha, const void* a, const void* b, double beta,
              void* c) {
  const auto as = [&]<typename Work>(Work) {
    multiply_as(product, scalar<Work>(alpha), a, b, scalar<Work>(beta), c);
  };
  switch (product.arithmetic) {
    case Arithmetic::F32:
      return as(float());
    case Arithmetic::F64:
      return as(double());
    case Arithmetic::S32:
      return as(std::uint32_t());
  }
}

}  // namespace hostcuda::cublas
