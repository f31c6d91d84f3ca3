// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: matrices of any format beside their values, the product by plain loops, and its bound.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "hostcuda/numeric/row.h"

namespace hostcuda::cublas {

/// A handle of one test's own.
class Cublas : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cublasCreate(&handle_), CUBLAS_STATUS_SUCCESS); }
  void TearDown() override { EXPECT_EQ(cublasDestroy(handle_), CUBLAS_STATUS_SUCCESS); }
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  cublasHandle_t handle_ = nullptr;
  std::mt19937 random_{7};
};

/// The distance between a value and its neighbour in a format, relative to the value.
inline double epsilon_of(Number number) {
  switch (number) {
    case Number::F32:
      return 0x1p-23;
    case Number::F64:
      return 0x1p-52;
    case Number::F16:
      return 0x1p-10;
    case Number::Bf16:
      return 0x1p-7;
    default:
      return 0;
  }
}

/// Elements in memory beside the values that they hold exactly.
struct Numbers {
  Number number = Number::F32;
  std::vector<std::byte> bytes;
  std::vector<double> values;

  Numbers() = default;
  /// Random ones: whole formats in -8 … 7, others in -1 … 1.
  Numbers(Number format, std::int64_t count, std::mt19937& random) : number(format) {
    const bool whole = epsilon_of(format) == 0;
    for (std::int64_t i = 0; i < count; ++i) {
      values.push_back(whole ? static_cast<double>(static_cast<int>(random() % 16) - 8)
                             : std::uniform_real_distribution<double>(-1, 1)(random));
    }
    write(values);
  }
  void write(const std::vector<double>& from) {
    bytes.resize(from.size() * bytes_of(number));
    store_row(number, bytes.data(), 0, 1, static_cast<std::int64_t>(from.size()), from.data());
    values = read();
  }
  std::vector<double> read() const {
    std::vector<double> out(bytes.size() / bytes_of(number));
    load_row(number, bytes.data(), 0, 1, static_cast<std::int64_t>(out.size()), out.data());
    return out;
  }
  void* data() { return bytes.data(); }
};

/// One product to try.
struct Case {
  cublasOperation_t transa, transb;
  std::int64_t m, n, k, lda, ldb, ldc;
};

/// Random shapes with room between columns; the first are the smallest.
inline Case random_case(std::mt19937& random, int greatest) {
  const auto size = [&] { return 1 + static_cast<std::int64_t>(random() % greatest); };
  const auto gap = [&] { return static_cast<std::int64_t>(random() % 3); };
  Case c{static_cast<cublasOperation_t>(random() % 3),
         static_cast<cublasOperation_t>(random() % 3),
         size(),
         size(),
         size(),
         0,
         0,
         0};
  c.lda = (c.transa == CUBLAS_OP_N ? c.m : c.k) + gap();
  c.ldb = (c.transb == CUBLAS_OP_N ? c.k : c.n) + gap();
  c.ldc = c.m + gap();
  return c;
}
inline std::int64_t size_a(const Case& c) { return c.lda * (c.transa == CUBLAS_OP_N ? c.k : c.m); }
inline std::int64_t size_b(const Case& c) { return c.ldb * (c.transb == CUBLAS_OP_N ? c.n : c.k); }

/// Holds `got` to alpha op(A) op(B) + beta C by plain loops. Summing k products in any order in a
/// format of spacing e errs by at most (k + 2) e times the sum of magnitudes; writing it adds half
/// a spacing of C's format. What lies between the columns of C must be as it was.
inline void expect_product(const Case& c, double alpha, const std::vector<double>& a,
                           const std::vector<double>& b, double beta,
                           const std::vector<double>& before, const Numbers& got,
                           double work_epsilon) {
  const std::vector<double> after = got.read();
  for (std::int64_t j = 0; j < c.n; ++j) {
    for (std::int64_t i = 0; i < c.ldc && i + j * c.ldc < static_cast<std::int64_t>(after.size());
         ++i) {
      const auto at = static_cast<std::size_t>(i + j * c.ldc);
      if (i >= c.m) {
        ASSERT_TRUE(after[at] == before[at]) << "between the columns of C";
        continue;
      }
      double sum = beta == 0 ? 0 : beta * before[at];
      double magnitude = std::abs(sum);
      for (std::int64_t k = 0; k < c.k; ++k) {
        const double term =
            alpha *
            a[static_cast<std::size_t>(c.transa == CUBLAS_OP_N ? i + k * c.lda : k + i * c.lda)] *
            b[static_cast<std::size_t>(c.transb == CUBLAS_OP_N ? k + j * c.ldb : j + k * c.ldb)];
        sum += term;
        magnitude += std::abs(term);
      }
      const double bound = static_cast<double>(c.k + 2) * work_epsilon * magnitude +
                           epsilon_of(got.number) * std::abs(sum) +
                           (got.number == Number::F16 ? 0x1p-25 : 0);
      ASSERT_NEAR(after[at], sum, bound)
          << "C(" << i << ", " << j << ") of " << c.m << " x " << c.n << " x " << c.k;
    }
  }
}

}  // namespace hostcuda::cublas
