// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Moving operators and reductions against index arithmetic.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"
#include "expr/shape.h"

namespace tenon::simd {
namespace {

/// Output element i is input element at(index of i).
TestTensor moved(const TestTensor& x, const Dims& out,
                 const std::function<int64_t(const Dims&)>& at) {
  TestTensor y{out, {}};
  for (int64_t i = 0; i < out.volume(); ++i) {
    Dims index = out;
    int64_t rest = i;
    for (int axis = out.rank() - 1; axis >= 0; --axis) {
      index[axis] = rest % out[axis];
      rest /= out[axis];
    }
    const int64_t from = at(index);
    y.values.push_back(from < 0 ? 0.5F : x[from]);
  }
  return y;
}

int64_t dot(const Dims& a, const Dims& b) {
  int64_t sum = 0;
  for (int i = 0; i < a.rank(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST(SimdMovement, TransposesEveryWay) {
  const Dims dims{3, 5, 17, 70};
  const TestTensor x = noise(dims, 1);
  const Dims strides = row_major_strides(dims);
  for (const Dims& perm : {Dims{0, 1, 2, 3}, Dims{0, 2, 3, 1}, Dims{0, 3, 1, 2}, Dims{3, 2, 1, 0},
                           Dims{1, 0, 2, 3}, Dims{0, 2, 1, 3}, Dims{2, 3, 0, 1}}) {
    Dims out = dims, steps = dims;
    for (int i = 0; i < 4; ++i) {
      out[i] = dims[static_cast<int>(perm[i])];
      steps[i] = strides[static_cast<int>(perm[i])];
    }
    expect_every_way(ops::Transpose{perm}, {x},
                     moved(x, out, [&](const Dims& index) { return dot(index, steps); }), 0);
  }
}

TEST(SimdMovement, SlicesForwardsAndBackwards) {
  const TestTensor x = noise({4, 9, 30}, 1);
  const ops::Slice op{.starts = expr::to_shape({1, 8, 2}),
                      .sizes = expr::to_shape({2, 3, 14}),
                      .steps = {2, -3, 2}};
  expect_every_way(op, {x},
                   moved(x, {2, 3, 14},
                         [](const Dims& i) {
                           return (1 + 2 * i[0]) * 270 + (8 - 3 * i[1]) * 30 + 2 + 2 * i[2];
                         }),
                   0);
}

TEST(SimdMovement, Expands) {
  const TestTensor x = noise({4, 1, 6}, 1);
  const Dims out{2, 4, 5, 6};
  expect_every_way(ops::Expand{expr::to_shape(out)}, {x},
                   moved(x, out, [](const Dims& i) { return i[1] * 6 + i[3]; }), 0);
  expect_every_way(ops::Expand{expr::to_shape({3, 33})}, {noise({1, 1}, 2)},
                   moved(noise({1, 1}, 2), {3, 33}, [](const Dims&) { return int64_t{0}; }), 0);
}

TEST(SimdMovement, Concatenates) {
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<TestTensor> parts;
    Dims out{2, 3, 4};
    out[axis] = 0;
    for (uint32_t i = 0; i < 3; ++i) {
      Dims dims{2, 3, 4};
      dims[axis] = i + 2;
      out[axis] += dims[axis];
      parts.push_back(noise(dims, i));
    }
    TestTensor expected = moved({}, out, [](const Dims&) { return int64_t{-1}; });
    int64_t at = 0;
    for (const TestTensor& part : parts) {
      const Dims to = row_major_strides(out), from = row_major_strides(part.dims);
      for (int64_t i = 0; i < part.dims.volume(); ++i) {
        Dims index{i / from[0], i / from[1] % part.dims[1], i % part.dims[2]};
        index[axis] += at;
        expected.values[static_cast<size_t>(dot(index, to))] = part[i];
      }
      at += part.dims[axis];
    }
    expect_every_way(ops::Concat{axis}, parts, expected, 0);
  }
}

TEST(SimdMovement, PadsAndCuts) {
  const TestTensor x = noise({3, 4, 5}, 1);
  const ops::Pad op{.begin = {1, -1, 2}, .end = {0, 2, -2}, .value = 0.5F};
  expect_every_way(op, {x},
                   moved(x, {4, 5, 5},
                         [](const Dims& i) {
                           const int64_t a = i[0] - 1, b = i[1] + 1, c = i[2] - 2;
                           const bool inside = a >= 0 && b < 4 && c >= 0 && c < 3;
                           return inside ? a * 20 + b * 5 + c : int64_t{-1};
                         }),
                   0);
}

TEST(SimdMovement, Reshapes) {
  const TestTensor x = noise({3, 4, 5}, 1);
  TestTensor y = x;
  y.dims = {6, 10};
  expect_every_way(ops::Reshape{expr::to_shape(y.dims)}, {x}, y, 0);
  expect_every_way(ops::Identity{}, {x}, x, 0);
}

/// The reduction of a list of numbers.
double reduced(ops::ReduceKind kind, const std::vector<double>& values) {
  double sum = 0, product = 1, most = -INFINITY, least = INFINITY, l1 = 0, squares = 0, powers = 0;
  for (const double v : values) {
    sum += v, product *= v, l1 += std::abs(v), squares += v * v, powers += std::exp(v);
    most = std::max(most, v), least = std::min(least, v);
  }
  switch (kind) {
    case ops::ReduceKind::Sum:
      return sum;
    case ops::ReduceKind::Prod:
      return product;
    case ops::ReduceKind::Max:
      return most;
    case ops::ReduceKind::Min:
      return least;
    case ops::ReduceKind::Mean:
      return sum / static_cast<double>(values.size());
    case ops::ReduceKind::L1:
      return l1;
    case ops::ReduceKind::L2:
      return std::sqrt(squares);
    case ops::ReduceKind::LogSum:
      return std::log(sum);
    case ops::ReduceKind::LogSumExp:
      return std::log(powers);
    case ops::ReduceKind::SumSquare:
      return squares;
  }
  return 0;
}

void expect_reduced(ops::ReduceKind kind, const Dims& dims, const Dims& axes) {
  TestTensor x = noise(dims, 1);
  for (float& v : x.values) v = v * 0.25F + 1;
  TestTensor y{dims, {}};
  for (const int64_t axis : axes) y.dims[static_cast<int>(axis)] = 1;
  const Dims to = row_major_strides(y.dims), from = row_major_strides(dims);
  std::vector<std::vector<double>> values(static_cast<size_t>(y.dims.volume()));
  for (int64_t i = 0; i < dims.volume(); ++i) {
    int64_t at = 0;
    for (int axis = 0; axis < dims.rank(); ++axis) {
      if (y.dims[axis] != 1) at += i / from[axis] % dims[axis] * to[axis];
    }
    values[static_cast<size_t>(at)].push_back(x[i]);
  }
  for (const auto& list : values) y.values.push_back(static_cast<float>(reduced(kind, list)));
  expect_every_way(ops::Reduce{kind, axes, true}, {x}, y, 3e-6);
}

TEST(SimdReduce, ReducesEveryKind) {
  using enum ops::ReduceKind;
  for (const auto kind : {Sum, Prod, Max, Min, Mean, L1, L2, LogSum, LogSumExp, SumSquare}) {
    expect_reduced(kind, {2, 37, 5, 7}, {2, 3});
    expect_reduced(kind, {3, 50}, {0});
  }
}

TEST(SimdReduce, ReducesOverAnyAxes) {
  const Dims dims{3, 4, 5, 19};
  for (const Dims& axes : {Dims{0}, Dims{1}, Dims{3}, Dims{0, 2}, Dims{1, 3}, Dims{0, 3},
                           Dims{0, 1, 2, 3}, Dims{1, 2}}) {
    expect_reduced(ops::ReduceKind::Mean, dims, axes);
    expect_reduced(ops::ReduceKind::Max, dims, axes);
  }
}

}  // namespace
}  // namespace tenon::simd
