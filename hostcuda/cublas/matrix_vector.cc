// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of a matrix with a vector: plain, batched at strides, batched by lists.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "hostcuda/cublas/handle.h"
#include "hostcuda/cublas/words.h"

using hostcuda::cublas::enqueue_on;
using hostcuda::cublas::is_operation;
using hostcuda::cublas::refuse;
using hostcuda::cublas::Scalar;
using hostcuda::cublas::with_handle;

namespace {

/// A call as it was given; lists stand in for the pointers when they are there.
template <typename Element>
struct Gemv {
  cublasOperation_t trans;
  std::int64_t m, n;
  const Element* alpha;
  const Element* a;
  std::int64_t lda;
  const Element* x;
  std::int64_t incx;
  const Element* beta;
  Element* y;
  std::int64_t incy;
  std::int64_t batch = 1;
  std::int64_t stride_a = 0, stride_x = 0, stride_y = 0;
  bool listed = false;
  const Element* const* list_a = nullptr;
  const Element* const* list_x = nullptr;
  Element* const* list_y = nullptr;
};

/// Where element i of a vector of `count` lies, whose negative step begins at the far end.
std::int64_t offset(std::int64_t i, std::int64_t count, std::int64_t step) {
  return step < 0 ? (i - count + 1) * step : i * step;
}

/// y = alpha op(A) x + beta y, summed in double.
template <typename Element>
void multiply(const Gemv<Element>& g, Element alpha, const Element* a, const Element* x,
              Element beta, Element* y) {
  const bool transposed = g.trans != CUBLAS_OP_N;
  std::vector<double> sums(static_cast<std::size_t>(transposed ? g.n : g.m));
  const std::int64_t inputs = transposed ? g.m : g.n;
  for (std::int64_t column = 0; column < g.n && alpha != Element(); ++column) {
    const Element* const from = a + column * g.lda;
    for (std::int64_t row = 0; row < g.m; ++row) {
      const std::int64_t in = transposed ? row : column;
      sums[static_cast<std::size_t>(transposed ? column : row)] +=
          static_cast<double>(from[row]) * static_cast<double>(x[offset(in, inputs, g.incx)]);
    }
  }
  const auto outputs = static_cast<std::int64_t>(sums.size());
  for (std::int64_t i = 0; i < outputs; ++i) {
    Element& to = y[offset(i, outputs, g.incy)];
    const double product =
        alpha == Element() ? 0 : static_cast<double>(alpha) * sums[static_cast<std::size_t>(i)];
    to = static_cast<Element>(beta == Element()
                                  ? product
                                  : product + static_cast<double>(beta) * static_cast<double>(to));
  }
}

template <typename Element>
cublasStatus_t check(const char* call, const Gemv<Element>& g) {
  if (!is_operation(g.trans)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call,
                  "trans is no operation: ", static_cast<int>(g.trans));
  }
  if (g.m < 0 || g.n < 0 || g.batch < 0 || g.incx == 0 || g.incy == 0) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "a size is negative or a step zero: m ", g.m,
                  ", n ", g.n, ", batch ", g.batch, ", incx ", g.incx, ", incy ", g.incy);
  }
  if (g.lda < std::max<std::int64_t>(1, g.m)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "lda ", g.lda, " is less than m ", g.m);
  }
  const bool there = g.listed ? g.list_a != nullptr && g.list_x != nullptr && g.list_y != nullptr
                              : g.a != nullptr && g.x != nullptr && g.y != nullptr;
  if (g.alpha == nullptr || g.beta == nullptr || (g.m > 0 && g.n > 0 && !there)) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call,
                  "a matrix, vector or scalar is a null pointer");
  }
  return CUBLAS_STATUS_SUCCESS;
}

template <typename Element>
cublasStatus_t gemv(cublasHandle_t handle, const char* call, const Gemv<Element>& g) {
  return with_handle(handle, call, [&] {
    const cublasStatus_t status = check(call, g);
    if (status != CUBLAS_STATUS_SUCCESS || g.m == 0 || g.n == 0 || g.batch == 0) {
      return status;
    }
    return enqueue_on(handle, [g, alpha = Scalar<Element>(handle, g.alpha),
                               beta = Scalar<Element>(handle, g.beta)] {
      for (std::int64_t i = 0; i < g.batch; ++i) {
        multiply(g, alpha.value(), g.listed ? g.list_a[i] : g.a + i * g.stride_a,
                 g.listed ? g.list_x[i] : g.x + i * g.stride_x, beta.value(),
                 g.listed ? g.list_y[i] : g.y + i * g.stride_y);
      }
    });
  });
}

}  // namespace

#define HOSTCUDA_GEMV(P, V2, Element, S64, Int)                                                   \
  HOSTCUDA_API cublasStatus_t cublas##P##gemv##V2##S64(                                           \
      cublasHandle_t handle, cublasOperation_t trans, Int m, Int n, const Element* alpha,         \
      const Element* A, Int lda, const Element* x, Int incx, const Element* beta, Element* y,     \
      Int incy) {                                                                                 \
    return gemv(handle, "cublas" #P "gemv",                                                       \
                Gemv<Element>{trans, m, n, alpha, A, lda, x, incx, beta, y, incy});               \
  }                                                                                               \
  HOSTCUDA_API cublasStatus_t cublas##P##gemvStridedBatched##S64(                                 \
      cublasHandle_t handle, cublasOperation_t trans, Int m, Int n, const Element* alpha,         \
      const Element* A, Int lda, long long stride_a, const Element* x, Int incx,                  \
      long long stride_x, const Element* beta, Element* y, Int incy, long long stride_y,          \
      Int batch_count) {                                                                          \
    return gemv(handle, "cublas" #P "gemvStridedBatched",                                         \
                Gemv<Element>{trans, m, n, alpha, A, lda, x, incx, beta, y, incy, batch_count,    \
                              stride_a, stride_x, stride_y});                                     \
  }                                                                                               \
  HOSTCUDA_API cublasStatus_t cublas##P##gemvBatched##S64(                                        \
      cublasHandle_t handle, cublasOperation_t trans, Int m, Int n, const Element* alpha,         \
      const Element* const A[], Int lda, const Element* const x[], Int incx, const Element* beta, \
      Element* const y[], Int incy, Int batch_count) {                                            \
    return gemv(handle, "cublas" #P "gemvBatched",                                                \
                Gemv<Element>{trans, m, n, alpha, nullptr, lda, nullptr, incx, beta, nullptr,     \
                              incy, batch_count, 0, 0, 0, true, A, x, y});                        \
  }

HOSTCUDA_GEMV(S, _v2, float, , int)
HOSTCUDA_GEMV(D, _v2, double, , int)
HOSTCUDA_GEMV(S, _v2, float, _64, int64_t)
HOSTCUDA_GEMV(D, _v2, double, _64, int64_t)
