// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The matrix products of the interface, brought to one form: checked, then put on the stream.
#include "hostcuda/cublas/gemm.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hostcuda/cublas/words.h"
#include "hostcuda/numeric/half.h"

namespace hostcuda::cublas {
namespace {

/// One combination of formats that is served. Fast and pedantic variants are as their plain ones:
/// nothing is ever rounded further than that one asks.
struct Served {
  cublasComputeType_t compute;
  cudaDataType ab, c;
};

constexpr Served kServed[] = {
    {CUBLAS_COMPUTE_16F, CUDA_R_16F, CUDA_R_16F},   {CUBLAS_COMPUTE_32I, CUDA_R_8I, CUDA_R_32I},
    {CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_16BF}, {CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_16F},
    {CUBLAS_COMPUTE_32F, CUDA_R_8I, CUDA_R_32F},    {CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_32F},
    {CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_32F},   {CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_32F},
    {CUBLAS_COMPUTE_64F, CUDA_R_64F, CUDA_R_64F},
};

/// The plain variant of a compute type, when its inputs may have format `ab`.
std::optional<cublasComputeType_t> plain(cublasComputeType_t compute, cudaDataType ab) {
  switch (compute) {
    case CUBLAS_COMPUTE_16F:
    case CUBLAS_COMPUTE_16F_PEDANTIC:
      return CUBLAS_COMPUTE_16F;
    case CUBLAS_COMPUTE_32F:
    case CUBLAS_COMPUTE_32F_PEDANTIC:
      return CUBLAS_COMPUTE_32F;
    case CUBLAS_COMPUTE_32F_FAST_16F:
    case CUBLAS_COMPUTE_32F_FAST_16BF:
    case CUBLAS_COMPUTE_32F_FAST_TF32:
    case CUBLAS_COMPUTE_32F_EMULATED_16BFX9:
      return ab == CUDA_R_32F ? std::optional(CUBLAS_COMPUTE_32F) : std::nullopt;
    case CUBLAS_COMPUTE_64F:
    case CUBLAS_COMPUTE_64F_PEDANTIC:
    case CUBLAS_COMPUTE_64F_EMULATED_FIXEDPOINT:
      return CUBLAS_COMPUTE_64F;
    case CUBLAS_COMPUTE_32I:
    case CUBLAS_COMPUTE_32I_PEDANTIC:
      return CUBLAS_COMPUTE_32I;
  }
  return std::nullopt;
}

bool is_served(const Gemm& g) {
  const auto compute = plain(g.compute, g.a.format);
  return compute && g.a.format == g.b.format &&
         std::any_of(std::begin(kServed), std::end(kServed), [&](const Served& served) {
           return served.compute == *compute && served.ab == g.a.format && served.c == g.c.format;
         });
}

Number number_of(cudaDataType format) {
  switch (format) {
    case CUDA_R_64F:
      return Number::F64;
    case CUDA_R_16F:
      return Number::F16;
    case CUDA_R_16BF:
      return Number::Bf16;
    case CUDA_R_8I:
      return Number::S8;
    case CUDA_R_32I:
      return Number::S32;
    default:
      return Number::F32;
  }
}

/// The first thing wrong with sizes, operations and pointers.
cublasStatus_t check(const char* call, const Gemm& g) {
  for (const auto& [name, op] : {std::pair("transa", g.transa), std::pair("transb", g.transb)}) {
    if (!is_operation(op)) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, name,
                    " is no operation: ", static_cast<int>(op));
    }
  }
  if (g.m < 0 || g.n < 0 || g.k < 0 || g.batch < 0) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, "a size is negative: m ", g.m, ", n ", g.n,
                  ", k ", g.k, ", batch ", g.batch);
  }
  struct Leading {
    const char* name;
    std::int64_t ld, rows;
  };
  for (const Leading& l :
       {Leading{"lda", g.a.ld, g.transa == CUBLAS_OP_N ? g.m : g.k},
        Leading{"ldb", g.b.ld, g.transb == CUBLAS_OP_N ? g.k : g.n}, Leading{"ldc", g.c.ld, g.m}}) {
    if (l.ld < std::max<std::int64_t>(1, l.rows)) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, l.name, " ", l.ld, " is less than the ",
                    std::max<std::int64_t>(1, l.rows), " rows that the matrix has in memory");
    }
  }
  if (g.alpha == nullptr || g.beta == nullptr) {
    return refuse(CUBLAS_STATUS_INVALID_VALUE, call, g.alpha == nullptr ? "alpha" : "beta",
                  " is a null pointer");
  }
  return CUBLAS_STATUS_SUCCESS;
}

/// Matrices that must be there and are not.
const char* missing(const Gemm& g) {
  const auto absent = [&](const Operand& operand) {
    return g.listed ? operand.list == nullptr : operand.data == nullptr;
  };
  return absent(g.c) ? "C" : g.k > 0 && absent(g.a) ? "A" : g.k > 0 && absent(g.b) ? "B" : nullptr;
}

/// A scalar in the compute type's own format.
double read_scalar(cublasComputeType_t compute, const void* pointer) {
  switch (compute) {
    case CUBLAS_COMPUTE_16F:
      return half_to_float(*static_cast<const std::uint16_t*>(pointer));
    case CUBLAS_COMPUTE_32I:
      return *static_cast<const std::int32_t*>(pointer);
    case CUBLAS_COMPUTE_64F:
      return *static_cast<const double*>(pointer);
    default:
      return *static_cast<const float*>(pointer);
  }
}

Product product_of(const Gemm& g, cublasComputeType_t compute) {
  Product product;
  product.arithmetic = compute == CUBLAS_COMPUTE_64F   ? Arithmetic::F64
                       : compute == CUBLAS_COMPUTE_32I ? Arithmetic::S32
                                                       : Arithmetic::F32;
  product.m = g.m;
  product.n = g.n;
  product.k = g.k;
  product.a = {number_of(g.a.format), g.a.ld, g.transa != CUBLAS_OP_N};
  product.b = {number_of(g.b.format), g.b.ld, g.transb != CUBLAS_OP_N};
  product.c = {number_of(g.c.format), g.c.ld, false};
  return product;
}

/// The matrix of batch entry `i`.
const void* entry(const Gemm& g, const Operand& operand, std::int64_t i) {
  if (g.listed) {
    return operand.list == nullptr ? nullptr : operand.list[i];
  }
  const auto bytes = static_cast<std::int64_t>(bytes_of(number_of(operand.format)));
  return static_cast<const std::byte*>(operand.data) + i * operand.stride * bytes;
}

cublasStatus_t put(cublasHandle_t handle, Gemm g) {
  const cublasComputeType_t compute = *plain(g.compute, g.a.format);
  const bool later = handle->pointer_mode == CUBLAS_POINTER_MODE_DEVICE;
  const double alpha = later ? 0 : read_scalar(compute, g.alpha);
  const double beta = later ? 0 : read_scalar(compute, g.beta);
  return enqueue_on(handle, [g, compute, later, alpha, beta] {
    const Product product = product_of(g, compute);
    const double own_alpha = later ? read_scalar(compute, g.alpha) : alpha;
    const double own_beta = later ? read_scalar(compute, g.beta) : beta;
    for (std::int64_t i = 0; i < g.batch; ++i) {
      multiply(product, own_alpha, entry(g, g.a, i), entry(g, g.b, i), own_beta,
               const_cast<void*>(entry(g, g.c, i)));
    }
  });
}

}  // namespace

cublasStatus_t gemm(cublasHandle_t handle, const char* call, const Gemm& gemm) noexcept {
  return with_handle(handle, call, [&] {
    if (const cublasStatus_t status = check(call, gemm); status != CUBLAS_STATUS_SUCCESS) {
      return status;
    }
    if (!is_served(gemm)) {
      return refuse(CUBLAS_STATUS_NOT_SUPPORTED, call, "A ", format_name(gemm.a.format), ", B ",
                    format_name(gemm.b.format), ", C ", format_name(gemm.c.format), " with ",
                    compute_name(gemm.compute), " is not supported");
    }
    if (gemm.m == 0 || gemm.n == 0 || gemm.batch == 0) {
      return CUBLAS_STATUS_SUCCESS;
    }
    if (const char* const name = missing(gemm)) {
      return refuse(CUBLAS_STATUS_INVALID_VALUE, call, name, " is a null pointer");
    }
    return put(handle, gemm);
  });
}

}  // namespace hostcuda::cublas
