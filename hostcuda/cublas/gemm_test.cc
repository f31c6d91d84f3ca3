// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <array>
#include <string>
#include <tuple>

#include "hostcuda/cublas/test_matrix.h"
#include "hostcuda/numeric/half.h"
#include "hostcuda/numeric/test_stream.h"

namespace hostcuda::cublas {
namespace {

/// A combination of GemmEx: its numbers, and the spacing of the format it may sum in.
struct Kind {
  cublasComputeType_t compute;
  cudaDataType ab_type, c_type;
  Number ab, c;
  double work_epsilon;
};

const Kind kKinds[] = {
    {CUBLAS_COMPUTE_32F, CUDA_R_32F, CUDA_R_32F, Number::F32, Number::F32, 0x1p-23},
    {CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F, CUDA_R_32F, Number::F32, Number::F32, 0x1p-23},
    {CUBLAS_COMPUTE_32F, CUDA_R_16F, CUDA_R_16F, Number::F16, Number::F16, 0x1p-23},
    {CUBLAS_COMPUTE_32F_PEDANTIC, CUDA_R_16F, CUDA_R_32F, Number::F16, Number::F32, 0x1p-23},
    {CUBLAS_COMPUTE_16F, CUDA_R_16F, CUDA_R_16F, Number::F16, Number::F16, 0x1p-23},
    {CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_16BF, Number::Bf16, Number::Bf16, 0x1p-23},
    {CUBLAS_COMPUTE_32F, CUDA_R_16BF, CUDA_R_32F, Number::Bf16, Number::F32, 0x1p-23},
    {CUBLAS_COMPUTE_32F, CUDA_R_8I, CUDA_R_32F, Number::S8, Number::F32, 0x1p-23},
    {CUBLAS_COMPUTE_32I, CUDA_R_8I, CUDA_R_32I, Number::S8, Number::S32, 0},
    {CUBLAS_COMPUTE_64F, CUDA_R_64F, CUDA_R_64F, Number::F64, Number::F64, 0x1p-52},
};

/// A scalar in the format that a compute type wants.
struct Scalars {
  float f;
  double d;
  std::uint16_t h;
  std::int32_t i;
  const void* as(cublasComputeType_t compute) const {
    switch (compute) {
      case CUBLAS_COMPUTE_64F:
        return &d;
      case CUBLAS_COMPUTE_16F:
        return &h;
      case CUBLAS_COMPUTE_32I:
        return &i;
      default:
        return &f;
    }
  }
};
Scalars scalars(double value) {
  return {static_cast<float>(value), value, float_to_half(static_cast<float>(value)),
          static_cast<std::int32_t>(value)};
}

class Ex : public Cublas, public testing::WithParamInterface<Kind> {};

TEST_P(Ex, IsThePlainProduct) {
  const Kind& kind = GetParam();
  for (const double beta : {0.0, 1.0, -2.0}) {
    for (int turn = 0; turn < 12; ++turn) {
      const Case c = random_case(random_, turn < 4 ? 3 : turn < 10 ? 20 : 130);
      Numbers a(kind.ab, size_a(c), random_);
      Numbers b(kind.ab, size_b(c), random_);
      Numbers out(kind.c, c.ldc * c.n, random_);
      const std::vector<double> before = out.values;
      const double alpha = kind.compute == CUBLAS_COMPUTE_32I ? 3 : 0.5;
      const Scalars own_alpha = scalars(alpha);
      const Scalars own_beta = scalars(beta);
      ASSERT_EQ(
          cublasGemmEx(handle_, c.transa, c.transb, static_cast<int>(c.m), static_cast<int>(c.n),
                       static_cast<int>(c.k), own_alpha.as(kind.compute), a.data(), kind.ab_type,
                       static_cast<int>(c.lda), b.data(), kind.ab_type, static_cast<int>(c.ldb),
                       own_beta.as(kind.compute), out.data(), kind.c_type, static_cast<int>(c.ldc),
                       kind.compute, CUBLAS_GEMM_DEFAULT_TENSOR_OP),
          CUBLAS_STATUS_SUCCESS);
      ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
      expect_product(c, alpha, a.values, b.values, beta, before, out, kind.work_epsilon);
    }
  }
}

TEST_P(Ex, BatchesAtStridesAndByLists) {
  const Kind& kind = GetParam();
  constexpr int kBatch = 3;
  const Case c = random_case(random_, 12);
  const Scalars one = scalars(1);
  const Scalars none = scalars(0);
  Numbers a(kind.ab, size_a(c), random_);  // one for all: its stride is zero
  Numbers b(kind.ab, size_b(c) * kBatch, random_);
  Numbers strided(kind.c, c.ldc * c.n * kBatch, random_);
  Numbers listed = strided;
  const std::vector<double> before = strided.values;
  ASSERT_EQ(cublasGemmStridedBatchedEx_64(handle_, c.transa, c.transb, c.m, c.n, c.k,
                                          one.as(kind.compute), a.data(), kind.ab_type, c.lda, 0,
                                          b.data(), kind.ab_type, c.ldb, size_b(c),
                                          none.as(kind.compute), strided.data(), kind.c_type, c.ldc,
                                          c.ldc * c.n, kBatch, kind.compute, CUBLAS_GEMM_DEFAULT),
            CUBLAS_STATUS_SUCCESS);
  std::array<const void*, kBatch> list_a;
  std::array<const void*, kBatch> list_b;
  std::array<void*, kBatch> list_c;
  for (std::size_t i = 0; i < kBatch; ++i) {
    list_a[i] = a.data();
    list_b[i] = b.bytes.data() + i * static_cast<std::size_t>(size_b(c)) * bytes_of(kind.ab);
    list_c[i] = listed.bytes.data() + i * static_cast<std::size_t>(c.ldc * c.n) * bytes_of(kind.c);
  }
  ASSERT_EQ(cublasGemmBatchedEx_64(handle_, c.transa, c.transb, c.m, c.n, c.k, one.as(kind.compute),
                                   list_a.data(), kind.ab_type, c.lda, list_b.data(), kind.ab_type,
                                   c.ldb, none.as(kind.compute), list_c.data(), kind.c_type, c.ldc,
                                   kBatch, kind.compute, CUBLAS_GEMM_DEFAULT),
            CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(strided.bytes, listed.bytes);
  for (std::size_t i = 0; i < kBatch; ++i) {
    const auto part = [i](const std::vector<double>& all, std::int64_t size) {
      const auto from = all.begin() + static_cast<std::int64_t>(i) * size;
      return std::vector<double>(from, from + size);
    };
    Numbers got;
    got.number = kind.c;
    got.write(part(strided.read(), c.ldc * c.n));
    expect_product(c, 1, a.values, part(b.values, size_b(c)), 0, part(before, c.ldc * c.n), got,
                   kind.work_epsilon);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Ex, testing::ValuesIn(kKinds), [](const auto& kind) {
  return std::string(name_of(kind.param.ab)) + name_of(kind.param.c) +
         std::to_string(static_cast<int>(kind.param.compute));
});

class Gemm : public Cublas {
 protected:
  void fill(float value) {
    a_.assign(4, value);
    b_.assign(4, 1);
  }
  cublasStatus_t call(const float* alpha, const float* beta) {
    return cublasSgemm(handle_, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, alpha, a_.data(), 2, b_.data(),
                       2, beta, c_.data(), 2);
  }
  std::vector<float> a_ = std::vector<float>(4), b_ = a_, c_ = a_;
  float one_ = 1, zero_ = 0;
};

TEST_F(Gemm, OneFormatCalls) {
  const Case c = random_case(random_, 30);
  for (const Number number : {Number::F32, Number::F64, Number::F16}) {
    Numbers a(number, size_a(c), random_);
    Numbers b(number, size_b(c), random_);
    Numbers out(number, c.ldc * c.n, random_);
    const std::vector<double> before = out.values;
    const Scalars alpha = scalars(2);
    const Scalars beta = scalars(-1);
    const auto run = [&](auto function, auto element, const void* own_alpha, const void* own_beta) {
      using Element = decltype(element);
      return function(handle_, c.transa, c.transb, c.m, c.n, c.k, static_cast<Element>(own_alpha),
                      static_cast<Element>(a.data()), c.lda, static_cast<Element>(b.data()), c.ldb,
                      static_cast<Element>(own_beta),
                      const_cast<std::remove_const_t<std::remove_pointer_t<Element>>*>(
                          static_cast<Element>(out.data())),
                      c.ldc);
    };
    using F = const float*;
    using D = const double*;
    using H = const __half*;
    ASSERT_EQ(number == Number::F32   ? run(cublasSgemm_64, F(), &alpha.f, &beta.f)
              : number == Number::F64 ? run(cublasDgemm_64, D(), &alpha.d, &beta.d)
                                      : run(cublasHgemm_64, H(), &alpha.h, &beta.h),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    expect_product(c, 2, a.values, b.values, -1, before, out,
                   number == Number::F64 ? 0x1p-52 : 0x1p-23);
  }
}

TEST_F(Gemm, ZeroScalarsReadNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  fill(2);
  c_.assign(4, nan);
  ASSERT_EQ(call(&one_, &zero_), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(c_, std::vector<float>(4, 4));
  fill(nan);
  ASSERT_EQ(call(&zero_, &one_), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(c_, std::vector<float>(4, 4));
  ASSERT_EQ(call(&zero_, &zero_), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(c_, std::vector<float>(4, 0));
}

TEST_F(Gemm, WaitsForItsTurnOnABusyStream) {
  TestStream stream;
  ASSERT_EQ(cublasSetStream(handle_, stream.get()), CUBLAS_STATUS_SUCCESS);
  fill(0);
  stream.delay([this] { a_.assign(4, 5); });
  ASSERT_EQ(call(&one_, &zero_), CUBLAS_STATUS_SUCCESS);
  stream.wait();
  EXPECT_EQ(c_, std::vector<float>(4, 10));
  ASSERT_EQ(cublasSetStream(handle_, nullptr), CUBLAS_STATUS_SUCCESS);
}

TEST_F(Gemm, HostScalarsAreReadAtTheCallAndDeviceScalarsInOrder) {
  TestStream stream;
  ASSERT_EQ(cublasSetStream(handle_, stream.get()), CUBLAS_STATUS_SUCCESS);
  fill(1);
  float alpha = 1;
  stream.delay([] {});
  ASSERT_EQ(call(&alpha, &zero_), CUBLAS_STATUS_SUCCESS);
  alpha = 10;
  stream.wait();
  EXPECT_EQ(c_, std::vector<float>(4, 2));
  ASSERT_EQ(cublasSetPointerMode(handle_, CUBLAS_POINTER_MODE_DEVICE), CUBLAS_STATUS_SUCCESS);
  alpha = 1;
  stream.delay([&] { alpha = 10; });
  ASSERT_EQ(call(&alpha, &zero_), CUBLAS_STATUS_SUCCESS);
  stream.wait();
  EXPECT_EQ(c_, std::vector<float>(4, 20));
  ASSERT_EQ(cublasSetStream(handle_, nullptr), CUBLAS_STATUS_SUCCESS);
}

TEST_F(Gemm, IsCapturedAndReplayed) {
  TestStream stream;
  ASSERT_EQ(cublasSetStream(handle_, stream.get()), CUBLAS_STATUS_SUCCESS);
  fill(1);
  c_.assign(4, 0);
  float value = 0;
  stream.replay(
      [this] {
        ASSERT_EQ(call(&one_, &one_), CUBLAS_STATUS_SUCCESS);
        EXPECT_EQ(c_, std::vector<float>(4, 0)) << "a capture runs nothing";
      },
      3, [&] { a_.assign(4, ++value); });
  EXPECT_EQ(c_, std::vector<float>(4, 2 * (1 + 2 + 3)));
  ASSERT_EQ(cublasSetStream(handle_, nullptr), CUBLAS_STATUS_SUCCESS);
}

}  // namespace
}  // namespace hostcuda::cublas
