// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <algorithm>
#include <type_traits>

#include "hostcuda/cublas/test_matrix.h"
#include "hostcuda/numeric/test_stream.h"

namespace hostcuda::cublas {
namespace {

/// The calls of one element type.
template <typename Element>
struct Calls;
template <>
struct Calls<float> {
  static constexpr auto axpy = cublasSaxpy;
  static constexpr auto scal = cublasSscal;
  static constexpr auto copy = cublasScopy;
  static constexpr auto swap = cublasSswap_64;
  static constexpr auto dot = cublasSdot;
  static constexpr auto nrm2 = cublasSnrm2;
  static constexpr auto asum = cublasSasum;
  static constexpr auto amax = cublasIsamax;
  static constexpr auto amin = cublasIsamin;
  static constexpr auto gemv = cublasSgemv;
  static constexpr auto gemv_strided = cublasSgemvStridedBatched_64;
  static constexpr auto gemv_batched = cublasSgemvBatched;
  static constexpr auto geam = cublasSgeam;
};
template <>
struct Calls<double> {
  static constexpr auto axpy = cublasDaxpy;
  static constexpr auto scal = cublasDscal;
  static constexpr auto copy = cublasDcopy;
  static constexpr auto swap = cublasDswap_64;
  static constexpr auto dot = cublasDdot;
  static constexpr auto nrm2 = cublasDnrm2;
  static constexpr auto asum = cublasDasum;
  static constexpr auto amax = cublasIdamax;
  static constexpr auto amin = cublasIdamin;
  static constexpr auto gemv = cublasDgemv;
  static constexpr auto gemv_strided = cublasDgemvStridedBatched_64;
  static constexpr auto gemv_batched = cublasDgemvBatched;
  static constexpr auto geam = cublasDgeam;
};

template <typename Element>
class Vectors : public Cublas {
 protected:
  using Call = Calls<Element>;
  static constexpr Element kEpsilon = std::numeric_limits<Element>::epsilon();

  std::vector<Element> numbers(int count) {
    std::vector<Element> out(static_cast<std::size_t>(count));
    for (Element& value : out) {
      value = std::uniform_real_distribution<Element>(-1, 1)(random_);
    }
    return out;
  }
  /// Where element i of n lies at a step.
  static std::size_t at(int i, int n, int step) {
    return static_cast<std::size_t>(step < 0 ? (i - n + 1) * step : i * step);
  }
  int step() { return between(1, 3) * (between(0, 1) == 0 ? 1 : -1); }
};
using Elements = testing::Types<float, double>;
TYPED_TEST_SUITE(Vectors, Elements);

TYPED_TEST(Vectors, UpdatesAtSteps) {
  for (int turn = 0; turn < 20; ++turn) {
    const int n = this->between(1, 40);
    const int incx = this->step();
    const int incy = this->step();
    const auto x = this->numbers(n * 3);
    auto y = this->numbers(n * 3);
    auto expected = y;
    const TypeParam alpha = TypeParam(0.75);
    for (int i = 0; i < n; ++i) {
      expected[this->at(i, n, incy)] += alpha * x[this->at(i, n, incx)];
    }
    ASSERT_EQ(TestFixture::Call::axpy(this->handle_, n, &alpha, x.data(), incx, y.data(), incy),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    for (std::size_t i = 0; i < y.size(); ++i) {
      EXPECT_NEAR(y[i], expected[i], 2 * this->kEpsilon);
    }
    ASSERT_EQ(TestFixture::Call::copy(this->handle_, n, x.data(), incx, y.data(), incy),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    for (int i = 0; i < n; ++i) {
      EXPECT_EQ(y[this->at(i, n, incy)], x[this->at(i, n, incx)]);
    }
  }
}

TYPED_TEST(Vectors, ScalesAndSwaps) {
  auto x = this->numbers(9);
  auto y = this->numbers(9);
  const auto old_x = x;
  const auto old_y = y;
  const TypeParam two = 2;
  ASSERT_EQ(TestFixture::Call::swap(this->handle_, 9, x.data(), 1, y.data(), -1),
            CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(TestFixture::Call::scal(this->handle_, 3, &two, x.data(), 4), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(y[i], old_x[8 - i]);
    EXPECT_EQ(x[i], (i % 4 == 0 ? 2 : 1) * old_y[8 - i]);
  }
}

TYPED_TEST(Vectors, Reductions) {
  for (int turn = 0; turn < 20; ++turn) {
    const int n = this->between(1, 60);
    const int incx = this->between(1, 3);
    const auto x = this->numbers(n * 3);
    const auto y = this->numbers(n);
    long double dot = 0;
    long double squares = 0;
    long double sum = 0;
    int greatest = 0;
    int least = 0;
    const auto value = [&](int i) { return x[static_cast<std::size_t>(i * incx)]; };
    for (int i = 0; i < n; ++i) {
      dot += static_cast<long double>(value(i)) * y[static_cast<std::size_t>(n - 1 - i)];
      squares += static_cast<long double>(value(i)) * value(i);
      sum += std::abs(value(i));
      greatest = std::abs(value(i)) > std::abs(value(greatest)) ? i : greatest;
      least = std::abs(value(i)) < std::abs(value(least)) ? i : least;
    }
    TypeParam got[3];
    int index[2] = {};
    ASSERT_EQ(TestFixture::Call::dot(this->handle_, n, x.data(), incx, y.data(), -1, &got[0]),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(TestFixture::Call::nrm2(this->handle_, n, x.data(), incx, &got[1]),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(TestFixture::Call::asum(this->handle_, n, x.data(), incx, &got[2]),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(TestFixture::Call::amax(this->handle_, n, x.data(), incx, &index[0]),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(TestFixture::Call::amin(this->handle_, n, x.data(), incx, &index[1]),
              CUBLAS_STATUS_SUCCESS);
    // n roundings of terms below one, then that of the result.
    const double bound = static_cast<double>(n + 2) * this->kEpsilon * static_cast<double>(sum + 1);
    EXPECT_NEAR(got[0], static_cast<double>(dot), bound);
    EXPECT_NEAR(got[1], static_cast<double>(std::sqrt(squares)), bound);
    EXPECT_NEAR(got[2], static_cast<double>(sum), bound);
    EXPECT_EQ(index[0], greatest + 1);
    EXPECT_EQ(index[1], least + 1);
  }
}

TYPED_TEST(Vectors, NormsOfTheGreatestAndOfNothing) {
  const TypeParam huge[] = {std::numeric_limits<TypeParam>::max() / 2,
                            std::numeric_limits<TypeParam>::max() / 2};
  TypeParam norm = 0;
  int index = 7;
  ASSERT_EQ(TestFixture::Call::nrm2(this->handle_, 2, huge, 1, &norm), CUBLAS_STATUS_SUCCESS);
  EXPECT_NEAR(norm / huge[0], std::sqrt(2.0), 1e-6);
  ASSERT_EQ(TestFixture::Call::nrm2(this->handle_, 0, huge, 1, &norm), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(norm, 0);
  ASSERT_EQ(TestFixture::Call::amax(this->handle_, 0, huge, 1, &index), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(index, 0);
}

TYPED_TEST(Vectors, MatrixTimesVector) {
  for (int turn = 0; turn < 30; ++turn) {
    const int m = this->between(1, 20);
    const int n = this->between(1, 20);
    const int lda = m + this->between(0, 2);
    const auto trans = static_cast<cublasOperation_t>(this->between(0, 2));
    const int outputs = trans == CUBLAS_OP_N ? m : n;
    const int inputs = trans == CUBLAS_OP_N ? n : m;
    const int incx = this->step();
    const int incy = this->step();
    const auto a = this->numbers(lda * n);
    const auto x = this->numbers(inputs * 3);
    auto y = this->numbers(outputs * 3);
    const TypeParam alpha = TypeParam(1.5);
    const TypeParam beta = static_cast<TypeParam>(this->between(-1, 1));
    auto expected = y;
    for (int i = 0; i < outputs; ++i) {
      double sum = beta == 0 ? 0 : beta * static_cast<double>(y[this->at(i, outputs, incy)]);
      for (int k = 0; k < inputs; ++k) {
        sum += 1.5 * static_cast<double>(x[this->at(k, inputs, incx)]) *
               a[static_cast<std::size_t>(trans == CUBLAS_OP_N ? i + k * lda : k + i * lda)];
      }
      expected[this->at(i, outputs, incy)] = static_cast<TypeParam>(sum);
    }
    ASSERT_EQ(TestFixture::Call::gemv(this->handle_, trans, m, n, &alpha, a.data(), lda, x.data(),
                                      incx, &beta, y.data(), incy),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    for (std::size_t i = 0; i < y.size(); ++i) {
      ASSERT_NEAR(y[i], expected[i], 1.5 * (inputs + 3) * inputs * this->kEpsilon);
    }
  }
}

TYPED_TEST(Vectors, MatricesTimesVectorsInBatches) {
  const auto a = this->numbers(12);
  const auto x = this->numbers(6);
  std::vector<TypeParam> strided(4, std::numeric_limits<TypeParam>::quiet_NaN());
  std::vector<TypeParam> listed = strided;
  const TypeParam one = 1;
  const TypeParam zero = 0;
  ASSERT_EQ(TestFixture::Call::gemv_strided(this->handle_, CUBLAS_OP_N, 2, 3, &one, a.data(), 2, 6,
                                            x.data(), 1, 3, &zero, strided.data(), 1, 2, 2),
            CUBLAS_STATUS_SUCCESS);
  const TypeParam* const list_a[] = {a.data(), a.data() + 6};
  const TypeParam* const list_x[] = {x.data(), x.data() + 3};
  TypeParam* const list_y[] = {listed.data(), listed.data() + 2};
  ASSERT_EQ(TestFixture::Call::gemv_batched(this->handle_, CUBLAS_OP_N, 2, 3, &one, list_a, 2,
                                            list_x, 1, &zero, list_y, 1, 2),
            CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(strided, listed);
  EXPECT_NEAR(listed[3], a[7] * x[3] + a[9] * x[4] + a[11] * x[5], 8 * this->kEpsilon);
}

TYPED_TEST(Vectors, SumsOfMatrices) {
  for (int turn = 0; turn < 20; ++turn) {
    const int m = this->between(1, 12);
    const int n = this->between(1, 12);
    const auto transa = static_cast<cublasOperation_t>(this->between(0, 1));
    const auto transb = static_cast<cublasOperation_t>(this->between(0, 1));
    const int lda = (transa == CUBLAS_OP_N ? m : n) + 1;
    const int ldb = (transb == CUBLAS_OP_N ? m : n) + 2;
    const auto a = this->numbers(lda * 12);
    const auto b = this->numbers(ldb * 12);
    std::vector<TypeParam> c(static_cast<std::size_t>(m * n));
    const TypeParam alpha = 2;
    const TypeParam beta = -3;
    ASSERT_EQ(TestFixture::Call::geam(this->handle_, transa, transb, m, n, &alpha, a.data(), lda,
                                      &beta, b.data(), ldb, c.data(), m),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < m; ++i) {
        const auto from = [&](cublasOperation_t op, int ld) {
          return static_cast<std::size_t>(op == CUBLAS_OP_N ? i + j * ld : j + i * ld);
        };
        EXPECT_NEAR(c[static_cast<std::size_t>(i + j * m)],
                    2 * a[from(transa, lda)] - 3 * b[from(transb, ldb)], 8 * this->kEpsilon);
      }
    }
    const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN();
    std::vector<TypeParam> unread(c.size(), nan);
    const TypeParam zero = 0;
    ASSERT_EQ(TestFixture::Call::geam(this->handle_, CUBLAS_OP_N, CUBLAS_OP_N, m, n, &alpha,
                                      c.data(), m, &zero, unread.data(), m, unread.data(), m),
              CUBLAS_STATUS_SUCCESS);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    EXPECT_EQ(unread[0], 2 * c[0]);
    EXPECT_EQ(TestFixture::Call::geam(this->handle_, CUBLAS_OP_T, CUBLAS_OP_N, m, m, &alpha,
                                      c.data(), m, &zero, nullptr, m, c.data(), m),
              CUBLAS_STATUS_INVALID_VALUE);
  }
}

TYPED_TEST(Vectors, ResultsOfABusyStreamAndOfAGraph) {
  TestStream stream;
  ASSERT_EQ(cublasSetStream(this->handle_, stream.get()), CUBLAS_STATUS_SUCCESS);
  std::vector<TypeParam> x(3);
  TypeParam sum = -1;
  stream.delay([&] { x.assign(3, 2); });
  ASSERT_EQ(TestFixture::Call::asum(this->handle_, 3, x.data(), 1, &sum), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(sum, 6) << "in host mode the call waits";
  ASSERT_EQ(cublasSetPointerMode(this->handle_, CUBLAS_POINTER_MODE_DEVICE), CUBLAS_STATUS_SUCCESS);
  stream.replay(
      [&] {
        ASSERT_EQ(TestFixture::Call::asum(this->handle_, 3, x.data(), 1, &sum),
                  CUBLAS_STATUS_SUCCESS);
        ASSERT_EQ(TestFixture::Call::axpy(this->handle_, 1, &sum, x.data(), 1, x.data() + 1, 1),
                  CUBLAS_STATUS_SUCCESS);
      },
      2, [&] { x.assign(3, 1); });
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(x[1], 4);
  ASSERT_EQ(cublasSetStream(this->handle_, nullptr), CUBLAS_STATUS_SUCCESS);
}

TEST(Transfer, VectorsAndMatrices) {
  const std::vector<int> x = {1, 2, 3, 4, 5, 6};
  std::vector<int> back(6);
  void* device = nullptr;
  ASSERT_EQ(cudaMalloc(&device, 6 * sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaMemset(device, 0, 6 * sizeof(int)), cudaSuccess);
  ASSERT_EQ(cublasSetVector(3, sizeof(int), x.data(), 2, device, 1), CUBLAS_STATUS_SUCCESS);
  ASSERT_EQ(cublasGetVector_64(6, sizeof(int), device, 1, back.data(), 1), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(back, (std::vector<int>{1, 3, 5, 0, 0, 0}));
  TestStream stream;
  ASSERT_EQ(cublasSetMatrixAsync(2, 2, sizeof(int), x.data(), 3, device, 2, stream.get()),
            CUBLAS_STATUS_SUCCESS);
  stream.wait();
  ASSERT_EQ(cublasGetMatrix(2, 2, sizeof(int), device, 2, back.data(), 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(back, (std::vector<int>{1, 2, 5, 4, 5, 0}));
  EXPECT_EQ(cublasGetMatrix(3, 1, sizeof(int), device, 2, back.data(), 3),
            CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cublasSetVector(1, 0, x.data(), 1, device, 1), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(cudaFree(device), cudaSuccess);
}

}  // namespace
}  // namespace hostcuda::cublas
