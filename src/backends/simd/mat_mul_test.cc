// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix products in every way against the plain sum.
#include <gtest/gtest.h>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

/// b is stored [k, n], or [n, k] when transposed; a likewise.
TestTensor product(const ops::MatMul& op, const TestTensor& a, const TestTensor& b, int64_t rows,
                   int64_t depth, int64_t columns, const Dims& out) {
  TestTensor y{out, {}};
  const int64_t matrices = out.volume() / rows / columns;
  for (int64_t i = 0; i < matrices * rows * columns; ++i) {
    const int64_t n = i % columns, m = i / columns % rows, matrix = i / columns / rows;
    const int64_t a_at = a.dims.volume() == rows * depth ? 0 : matrix * rows * depth;
    const int64_t b_at = b.dims.volume() == depth * columns ? 0 : matrix * depth * columns;
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      sum += double{a[a_at + (op.transpose_a ? k * rows + m : m * depth + k)]} *
             b[b_at + (op.transpose_b ? n * depth + k : k * columns + n)];
    }
    y.values.push_back(static_cast<float>(sum));
  }
  return y;
}

TEST(SimdMatMul, MultipliesByConstants) {
  for (const int64_t rows : {1, 2, 7, 15, 40}) {
    for (const int64_t columns : {1, 10, 16, 33, 100}) {
      const TestTensor a = noise({rows, 45}, 1), b = noise({45, columns}, 2, true);
      expect_every_way(ops::MatMul{}, {a, b}, product({}, a, b, rows, 45, columns, {rows, columns}),
                       1e-5);
    }
  }
}

TEST(SimdMatMul, TransposesEitherSide) {
  for (const bool constant : {true, false}) {
    const TestTensor a = noise({30, 9}, 1), b = noise({20, 30}, 2, constant);
    const ops::MatMul op{.transpose_a = true, .transpose_b = true};
    expect_every_way(op, {a, b}, product(op, a, b, 9, 30, 20, {9, 20}), 1e-5);
  }
}

TEST(SimdMatMul, AddsBiasAndActivates) {
  const TestTensor a = noise({3, 17}, 1), b = noise({17, 50}, 2, true);
  const ops::MatMul op{.activation = {ops::ActivationKind::Relu}};
  for (const Dims& dims : {Dims{50}, Dims{1, 50}, Dims{1}, Dims{}, Dims{3, 50}}) {
    const bool whole = dims.volume() == 150;
    const TestTensor bias = noise(dims, 3, !whole);
    TestTensor expected = product(op, a, b, 3, 17, 50, {3, 50});
    for (int64_t i = 0; i < 150; ++i) {
      float& v = expected.values[static_cast<size_t>(i)];
      v = std::max(v + bias[whole ? i : dims.volume() == 1 ? 0 : i % 50], 0.0F);
    }
    expect_every_way(op, {a, b, bias}, expected, 1e-5);
  }
}

TEST(SimdMatMul, TakesStacks) {
  const TestTensor a = noise({2, 3, 5, 24}, 1), b = noise({24, 40}, 2, true);
  expect_every_way(ops::MatMul{}, {a, b}, product({}, a, b, 5, 24, 40, {2, 3, 5, 40}), 1e-5);
  const TestTensor vector = noise({24}, 3);
  expect_every_way(ops::MatMul{}, {vector, b}, product({}, vector, b, 1, 24, 40, {40}), 1e-5);
}

TEST(SimdMatMul, MultipliesWhatComesAtRunTime) {
  const TestTensor a = noise({2, 3, 5, 24}, 1), b = noise({3, 24, 40}, 2);
  const Dims out{2, 3, 5, 40};
  TestTensor expected{out, {}};
  for (int64_t i = 0; i < out.volume(); ++i) {
    const int64_t n = i % 40, row = i / 40, matrix = row / 5 % 3;
    double sum = 0;
    for (int64_t k = 0; k < 24; ++k) sum += double{a[row * 24 + k]} * b[(matrix * 24 + k) * 40 + n];
    expected.values.push_back(static_cast<float>(sum));
  }
  expect_every_way(ops::MatMul{}, {a, b}, expected, 1e-5);
  const TestTensor bias = noise({40}, 3);
  for (size_t i = 0; i < expected.values.size(); ++i) {
    expected.values[i] += bias[static_cast<int64_t>(i % 40)];
  }
  expect_every_way(ops::MatMul{}, {a, b, bias}, expected, 1e-5);
}

}  // namespace
}  // namespace tenon::simd
