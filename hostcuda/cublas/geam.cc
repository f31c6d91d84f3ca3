// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums of two matrices, each perhaps transposed.
#include <algorithm>
#include <cstdint>

#include "hostcuda/cublas/handle.h"
#include "hostcuda/cublas/words.h"

using hostcuda::cublas::enqueue_on;
using hostcuda::cublas::is_operation;
using hostcuda::cublas::refuse;
using hostcuda::cublas::Scalar;
using hostcuda::cublas::with_handle;

namespace {

template <typename Element>
struct Geam {
  cublasOperation_t transa, transb;
  std::int64_t m, n;
  const Element* alpha;
  const Element* a;
  std::int64_t lda;
  const Element* beta;
  const Element* b;
  std::int64_t ldb;
  Element* c;
  std::int64_t ldc;
};

/// factor times element (row, column) of op(A); A is not read where the factor is zero.
template <typename Element>
Element term(Element factor, const Element* a, std::int64_t ld, bool transposed, std::int64_t row,
             std::int64_t column) {
  return factor == Element() ? Element()
                             : factor * a[transposed ? column + row * ld : row + column * ld];
}

template <typename Element>
void add(const Geam<Element>& g, Element alpha, Element beta) {
  for (std::int64_t column = 0; column < g.n; ++column) {
    for (std::int64_t row = 0; row < g.m; ++row) {
      g.c[row + column * g.ldc] = term(alpha, g.a, g.lda, g.transa != CUBLAS_OP_N, row, column) +
                                  term(beta, g.b, g.ldb, g.transb != CUBLAS_OP_N, row, column);
    }
  }
}

/// Would C overwrite an input before it is read?
template <typename Element>
bool clashes(const Geam<Element>& g, const Element* input, std::int64_t ld, cublasOperation_t op) {
  return input == g.c && input != nullptr && (op != CUBLAS_OP_N || ld != g.ldc);
}

template <typename Element>
cublasStatus_t check(const char* call, const Geam<Element>& g) {
  if (!is_operation(g.transa) || !is_operation(g.transb)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "an operation is none: transa ",
                  static_cast<int>(g.transa), ", transb ", static_cast<int>(g.transb));
  }
  const std::int64_t least_a = std::max<std::int64_t>(1, g.transa == CUBLAS_OP_N ? g.m : g.n);
  const std::int64_t least_b = std::max<std::int64_t>(1, g.transb == CUBLAS_OP_N ? g.m : g.n);
  if (g.m < 0 || g.n < 0 || g.lda < least_a || g.ldb < least_b ||
      g.ldc < std::max<std::int64_t>(1, g.m)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "sizes do not fit: m ", g.m, ", n ", g.n,
                  ", lda ", g.lda, ", ldb ", g.ldb, ", ldc ", g.ldc);
  }
  if (g.alpha == nullptr || g.beta == nullptr || (g.m > 0 && g.n > 0 && g.c == nullptr)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "alpha, beta or C is a null pointer");
  }
  if (clashes(g, g.a, g.lda, g.transa) || clashes(g, g.b, g.ldb, g.transb)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call,
                  "C is an input that is transposed or has another leading dimension");
  }
  return CUBLAS_STATUS_SUCCESS;
}

template <typename Element>
cublasStatus_t geam(cublasHandle_t handle, const char* call, const Geam<Element>& g) {
  return with_handle(handle, call, [&] {
    const cublasStatus_t status = check(call, g);
    if (status != CUBLAS_STATUS_SUCCESS || g.m == 0 || g.n == 0) {
      return status;
    }
    return enqueue_on(
        handle, [g, alpha = Scalar<Element>(handle, g.alpha),
                 beta = Scalar<Element>(handle, g.beta)] { add(g, alpha.value(), beta.value()); });
  });
}

}  // namespace

#define HOSTCUDA_GEAM(P, Element, suffix, Int)                                                 \
  HOSTCUDA_API cublasStatus_t cublas##P##geam##suffix(                                         \
      cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, Int m, Int n, \
      const Element* alpha, const Element* A, Int lda, const Element* beta, const Element* B,  \
      Int ldb, Element* C, Int ldc) {                                                          \
    return geam(handle, "cublas" #P "geam",                                                    \
                Geam<Element>{transa, transb, m, n, alpha, A, lda, beta, B, ldb, C, ldc});     \
  }

HOSTCUDA_GEAM(S, float, , int)
HOSTCUDA_GEAM(D, double, , int)
HOSTCUDA_GEAM(S, float, _64, int64_t)
HOSTCUDA_GEAM(D, double, _64, int64_t)
