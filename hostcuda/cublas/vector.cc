// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Vectors: sums, scalings, copies, inner products, norms, greatest and least elements.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "hostcuda/cublas/handle.h"

using hostcuda::cublas::enqueue_on;
using hostcuda::cublas::enqueue_result;
using hostcuda::cublas::refuse;
using hostcuda::cublas::Scalar;
using hostcuda::cublas::with_handle;

namespace {

/// Element i of a vector of n, whose negative step begins at the far end.
template <typename Element>
struct Vector {
  Element* data;
  std::int64_t n, step;
  Element& operator[](std::int64_t i) const {
    return data[step < 0 ? (i - n + 1) * step : i * step];
  }
};

/// Null pointers for vectors or scalars are refused by name when there is something to read.
cublasStatus_t check(const char* call, std::int64_t n,
                     std::initializer_list<const void*> pointers) {
  for (const void* const pointer : pointers) {
    if (n > 0 && pointer == nullptr) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "a vector or scalar is a null pointer");
    }
  }
  return CUBLAS_STATUS_SUCCESS;
}

/// The common form of calls on two vectors: each(x[i], y[i]).
template <typename X, typename Y, typename Each>
cublasStatus_t pairwise(cublasHandle_t handle, const char* call, std::int64_t n, X* x,
                        std::int64_t incx, Y* y, std::int64_t incy, Each each) {
  return with_handle(handle, call, [&] {
    const cublasStatus_t status = check(call, n, {x, y});
    if (status != CUBLAS_STATUS_SUCCESS || n <= 0) {
      return status;
    }
    return enqueue_on(handle, [=] {
      const Vector<X> from{x, n, incx};
      const Vector<Y> to{y, n, incy};
      for (std::int64_t i = 0; i < n; ++i) {
        each(from[i], to[i]);
      }
    });
  });
}

/// y = alpha x + y; neither vector is read where alpha is zero.
template <typename Element>
cublasStatus_t axpy(cublasHandle_t handle, const char* call, std::int64_t n, const Element* alpha,
                    const Element* x, std::int64_t incx, Element* y, std::int64_t incy) {
  return with_handle(handle, call, [&] {
    const cublasStatus_t status = check(call, n, {alpha, x, y});
    if (status != CUBLAS_STATUS_SUCCESS || n <= 0) {
      return status;
    }
    return enqueue_on(handle, [=, scalar = Scalar<Element>(handle, alpha)] {
      const Element factor = scalar.value();
      const Vector<const Element> from{x, n, incx};
      const Vector<Element> to{y, n, incy};
      for (std::int64_t i = 0; i < n && factor != Element(); ++i) {
        to[i] += factor * from[i];
      }
    });
  });
}

template <typename Element>
cublasStatus_t scal(cublasHandle_t handle, const char* call, std::int64_t n, const Element* alpha,
                    Element* x, std::int64_t incx) {
  return with_handle(handle, call, [&] {
    const cublasStatus_t status = check(call, n, {alpha, x});
    if (status != CUBLAS_STATUS_SUCCESS || n <= 0 || incx <= 0) {
      return status;
    }
    return enqueue_on(handle, [=, scalar = Scalar<Element>(handle, alpha)] {
      const Element factor = scalar.value();
      for (std::int64_t i = 0; i < n; ++i) {
        x[i * incx] *= factor;
      }
    });
  });
}

/// The common form of calls with a result: *result = reduce().
template <typename Result, typename Reduce>
cublasStatus_t reduced(cublasHandle_t handle, const char* call, std::int64_t n,
                       std::initializer_list<const void*> vectors, Result* result, Reduce reduce) {
  return with_handle(handle, call, [&] {
    if (result == nullptr) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "the pointer for the result is null");
    }
    const cublasStatus_t status = check(call, n, vectors);
    return status != CUBLAS_STATUS_SUCCESS
               ? status
               : enqueue_result(handle, call, [=] { *result = static_cast<Result>(reduce()); });
  });
}

template <typename Element>
cublasStatus_t dot(cublasHandle_t handle, const char* call, std::int64_t n, const Element* x,
                   std::int64_t incx, const Element* y, std::int64_t incy, Element* result) {
  return reduced(handle, call, n, {x, y}, result, [=] {
    const Vector<const Element> a{x, n, incx};
    const Vector<const Element> b{y, n, incy};
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
  });
}

template <typename Element>
cublasStatus_t asum(cublasHandle_t handle, const char* call, std::int64_t n, const Element* x,
                    std::int64_t incx, Element* result) {
  return reduced(handle, call, n, {x}, result, [=] {
    double sum = 0;
    for (std::int64_t i = 0; i < n && incx > 0; ++i) {
      sum += std::abs(static_cast<double>(x[i * incx]));
    }
    return sum;
  });
}

/// The norm by the greatest magnitude, so that no square leaves the range.
template <typename Element>
cublasStatus_t nrm2(cublasHandle_t handle, const char* call, std::int64_t n, const Element* x,
                    std::int64_t incx, Element* result) {
  return reduced(handle, call, n, {x}, result, [=] {
    double greatest = 0;
    for (std::int64_t i = 0; i < n && incx > 0; ++i) {
      const double value = std::abs(static_cast<double>(x[i * incx]));
      greatest = value > greatest || std::isnan(value) ? value : greatest;
    }
    if (greatest == 0 || !std::isfinite(greatest)) {
      return greatest;
    }
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const double value = static_cast<double>(x[i * incx]) / greatest;
      sum += value * value;
    }
    return greatest * std::sqrt(sum);
  });
}

/// The first element whose magnitude none is `better` than, from one.
template <typename Element, typename Index, typename Better>
cublasStatus_t extreme(cublasHandle_t handle, const char* call, std::int64_t n, const Element* x,
                       std::int64_t incx, Index* result, Better better) {
  return reduced(handle, call, n, {x}, result, [=]() -> std::int64_t {
    if (n <= 0 || incx <= 0) {
      return 0;
    }
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < n; ++i) {
      if (better(std::abs(x[i * incx]), std::abs(x[best * incx]))) {
        best = i;
      }
    }
    return best + 1;
  });
}

}  // namespace

#define HOSTCUDA_VECTOR_CALLS(P, p, Element, suffix, Int)                                          \
  HOSTCUDA_API cublasStatus_t cublas##P##axpy##suffix(cublasHandle_t handle, Int n,                \
                                                      const Element* alpha, const Element* x,      \
                                                      Int incx, Element* y, Int incy) {            \
    return axpy(handle, "cublas" #P "axpy", n, alpha, x, incx, y, incy);                           \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##scal##suffix(                                             \
      cublasHandle_t handle, Int n, const Element* alpha, Element* x, Int incx) {                  \
    return scal(handle, "cublas" #P "scal", n, alpha, x, incx);                                    \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##copy##suffix(                                             \
      cublasHandle_t handle, Int n, const Element* x, Int incx, Element* y, Int incy) {            \
    return pairwise(handle, "cublas" #P "copy", n, x, incx, y, incy,                               \
                    [](const Element& from, Element& to) { to = from; });                          \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##swap##suffix(cublasHandle_t handle, Int n, Element* x,    \
                                                      Int incx, Element* y, Int incy) {            \
    return pairwise(handle, "cublas" #P "swap", n, x, incx, y, incy,                               \
                    [](Element& a, Element& b) { std::swap(a, b); });                              \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##dot##suffix(cublasHandle_t handle, Int n,                 \
                                                     const Element* x, Int incx, const Element* y, \
                                                     Int incy, Element* result) {                  \
    return dot(handle, "cublas" #P "dot", n, x, incx, y, incy, result);                            \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##nrm2##suffix(                                             \
      cublasHandle_t handle, Int n, const Element* x, Int incx, Element* result) {                 \
    return nrm2(handle, "cublas" #P "nrm2", n, x, incx, result);                                   \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublas##P##asum##suffix(                                             \
      cublasHandle_t handle, Int n, const Element* x, Int incx, Element* result) {                 \
    return asum(handle, "cublas" #P "asum", n, x, incx, result);                                   \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublasI##p##amax##suffix(cublasHandle_t handle, Int n,               \
                                                       const Element* x, Int incx, Int* result) {  \
    return extreme(handle, "cublasI" #p "amax", n, x, incx, result,                                \
                   [](Element a, Element b) { return a > b; });                                    \
  }                                                                                                \
  HOSTCUDA_API cublasStatus_t cublasI##p##amin##suffix(cublasHandle_t handle, Int n,               \
                                                       const Element* x, Int incx, Int* result) {  \
    return extreme(handle, "cublasI" #p "amin", n, x, incx, result,                                \
                   [](Element a, Element b) { return a < b; });                                    \
  }

HOSTCUDA_VECTOR_CALLS(S, s, float, _v2, int)
HOSTCUDA_VECTOR_CALLS(D, d, double, _v2, int)
HOSTCUDA_VECTOR_CALLS(S, s, float, _v2_64, int64_t)
HOSTCUDA_VECTOR_CALLS(D, d, double, _v2_64, int64_t)
