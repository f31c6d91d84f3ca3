// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element-wise operators and chains against the standard library.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"
#include "backends/simd/pointwise_program.h"

namespace tenon::simd {
namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;
using ops::PointwiseCode;
using ops::PointwiseStep;
using ops::UnaryKind;

TestTensor mapped(const TestTensor& x, const std::function<double(double)>& f) {
  TestTensor y{x.dims, {}};
  for (const float value : x.values) y.values.push_back(static_cast<float>(f(value)));
  return y;
}

/// Relative to each value, where it is not tiny.
void expect_close(const ops::Op& op, const TestTensor& x, const std::function<double(double)>& f) {
  const int ways = for_every_way(op, {x}, x.dims, [&](const TestTensor& y, const std::string& way) {
    for (int64_t i = 0; i < x.dims.volume(); ++i) {
      const double expected = f(x[i]);
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(y[i])) << way << " of " << x[i] << " is " << y[i];
      } else if (y[i] != static_cast<float>(expected)) {
        EXPECT_LE(std::abs(y[i] - expected), 1.5e-6 * std::abs(expected) + 1e-7)
            << way << " of " << x[i] << " is " << y[i] << ", not " << expected;
      }
    }
  });
  EXPECT_GT(ways, 0);
}

TestTensor spread(double low, double high) {
  TestTensor x{{1003}, {}};
  for (int i = 0; i < 1003; ++i) {
    x.values.push_back(static_cast<float>(low + (high - low) * i / 1002));
  }
  return x;
}

TEST(SimdPointwise, ComputesUnaryFunctions) {
  expect_close(ops::Unary{UnaryKind::Exp}, spread(-80, 88), [](double v) { return std::exp(v); });
  expect_close(ops::Unary{UnaryKind::Log}, spread(1e-3, 90), [](double v) { return std::log(v); });
  expect_close(ops::Unary{UnaryKind::Erf}, spread(-5, 5), [](double v) { return std::erf(v); });
  expect_close(ops::Unary{UnaryKind::Sqrt}, spread(0, 9), [](double v) { return std::sqrt(v); });
  expect_close(ops::Unary{UnaryKind::Round}, spread(-3, 3),
               [](double v) { return std::nearbyint(v); });
  expect_close(ops::Unary{UnaryKind::Sign}, spread(-3, 3), [](double v) {
    return v > 0 ? 1 : v < 0 ? -1 : 0;
  });
  expect_close(ops::Unary{UnaryKind::Sinh}, spread(-3, 3), [](double v) { return std::sinh(v); });
}

TEST(SimdPointwise, KeepsInfinitiesAndNan) {
  TestTensor x{{5}, {-INFINITY, INFINITY, NAN, 0.0F, -1.0F}};
  expect_close(ops::Unary{UnaryKind::Exp}, x, [](double v) { return std::exp(v); });
  expect_close(ops::Unary{UnaryKind::Log}, x, [](double v) { return std::log(v); });
  expect_close(ops::Unary{UnaryKind::Erf}, x, [](double v) { return std::erf(v); });
  expect_close(ops::Activation{ActivationKind::Tanh}, x, [](double v) { return std::tanh(v); });
  expect_close(ops::Activation{ActivationKind::Sigmoid}, x,
               [](double v) { return 1 / (1 + std::exp(-v)); });
}

TEST(SimdPointwise, ComputesActivations) {
  const TestTensor x = spread(-12, 12);
  const auto expect = [&](ActivationKind kind, float alpha, float beta, auto f) {
    expect_close(ops::Activation{kind, alpha, beta}, x, f);
  };
  const auto softplus = [](double v) { return std::log1p(std::exp(v)); };
  expect(ActivationKind::None, 0, 0, [](double v) { return v; });
  expect(ActivationKind::Relu, 0, 0, [](double v) { return std::max(v, 0.0); });
  expect(ActivationKind::Sigmoid, 0, 0, [](double v) { return 1 / (1 + std::exp(-v)); });
  expect(ActivationKind::Tanh, 0, 0, [](double v) { return std::tanh(v); });
  expect(ActivationKind::LeakyRelu, 0.125F, 0, [](double v) { return v >= 0 ? v : v / 8; });
  expect(ActivationKind::Elu, 0.5F, 0, [](double v) { return v >= 0 ? v : std::expm1(v) / 2; });
  expect(ActivationKind::Selu, 1.5F, 2,
         [](double v) { return 2 * (v >= 0 ? v : 1.5 * std::expm1(v)); });
  expect(ActivationKind::Softsign, 0, 0, [](double v) { return v / (1 + std::abs(v)); });
  expect(ActivationKind::Softplus, 1, 1, softplus);
  expect(ActivationKind::Clip, -2, 3, [](double v) { return std::clamp(v, -2.0, 3.0); });
  expect(ActivationKind::HardSigmoid, 0.25F, 0.5F,
         [](double v) { return std::clamp(v / 4 + 0.5, 0.0, 1.0); });
  expect(ActivationKind::HardSwish, 0.25F, 0.5F,
         [](double v) { return v * std::clamp(v / 4 + 0.5, 0.0, 1.0); });
  expect(ActivationKind::ScaledTanh, 2, 0.5F, [](double v) { return 2 * std::tanh(v / 2); });
  expect(ActivationKind::ThresholdedRelu, 1, 0, [](double v) { return v > 1 ? v : 0; });
  expect(ActivationKind::Celu, 2, 0, [](double v) { return v >= 0 ? v : 2 * std::expm1(v / 2); });
  expect(ActivationKind::Mish, 0, 0, [&](double v) { return v * std::tanh(softplus(v)); });
}

TEST(SimdPointwise, ComputesGelu) {
  const TestTensor x = spread(-4, 12);  // Below, the two factors cancel.
  const auto erf = [](double v) { return v * (1 + std::erf(v / std::sqrt(2.0))) / 2; };
  expect_every_way(ops::Activation{ActivationKind::GeluErf}, {x}, mapped(x, erf));
  const auto tanh = [](double v) {
    return v / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
  };
  expect_every_way(ops::Activation{ActivationKind::GeluTanh}, {x}, mapped(x, tanh));
}

/// The value at a row-major output position of an input that broadcasts.
float broadcast_at(const TestTensor& x, const Dims& out, int64_t position) {
  const Dims strides = row_major_strides(x.dims);
  int64_t at = 0;
  for (int axis = out.rank() - 1; axis >= 0; --axis) {
    const int own = axis - out.rank() + x.dims.rank();
    const int64_t index = position % out[axis];
    position /= out[axis];
    if (own >= 0 && x.dims[own] != 1) at += index * strides[own];
  }
  return x[at];
}

void expect_binary(ElementWiseKind kind, const TestTensor& a, const TestTensor& b, const Dims& out,
                   const std::function<float(float, float)>& f) {
  TestTensor expected{out, {}};
  for (int64_t i = 0; i < out.volume(); ++i) {
    expected.values.push_back(f(broadcast_at(a, out, i), broadcast_at(b, out, i)));
  }
  expect_every_way(ops::ElementWise{kind}, {a, b}, expected);
}

TEST(SimdPointwise, BroadcastsAsNumPy) {
  const auto sub = [](float a, float b) { return a - b; };
  const auto kind = ElementWiseKind::Sub;
  const Dims image{2, 3, 5, 7};
  for (const bool constant : {false, true}) {
    const TestTensor x = noise(image, 1);
    expect_binary(kind, x, noise(image, 2, constant), image, sub);
    expect_binary(kind, x, noise({}, 2, constant), image, sub);
    expect_binary(kind, noise({1}, 2, constant), x, image, sub);
    expect_binary(kind, x, noise({3, 1, 1}, 2, constant), image, sub);
    expect_binary(kind, noise({7}, 2, constant), x, image, sub);
    expect_binary(kind, x, noise({2, 1, 5, 1}, 2, constant), image, sub);
    expect_binary(kind, noise({4, 1, 9}, 3), noise({6, 1}, 2, constant), {4, 6, 9}, sub);
  }
  expect_binary(kind, noise({300, 1}, 3), noise({1, 40}, 2), {300, 40}, sub);
}

TEST(SimdPointwise, BroadcastsInEveryLayout) {
  const auto sub = [](float a, float b) { return a - b; };
  const Dims image{2, 32, 5, 3};
  const TestTensor x = noise(image, 1);
  for (const Dims& dims : {Dims{32, 1, 1}, Dims{1, 32, 1, 1}, Dims{2, 32, 1, 1}, Dims{3}, Dims{},
                           Dims{1, 1, 1, 1}, Dims{2, 32, 5, 3}, Dims{2, 1, 5, 3}, Dims{32, 5, 3}}) {
    for (const bool constant : {false, true}) {
      expect_binary(ElementWiseKind::Sub, x, noise(dims, 2, constant), image, sub);
    }
  }
}

TEST(SimdPointwise, ComputesBinaryFunctions) {
  const Dims dims{77};
  const TestTensor a = noise(dims, 1), b = noise(dims, 2);
  const auto expect = [&](ElementWiseKind kind, auto f) { expect_binary(kind, a, b, dims, f); };
  expect(ElementWiseKind::Add, [](float x, float y) { return x + y; });
  expect(ElementWiseKind::Mul, [](float x, float y) { return x * y; });
  expect(ElementWiseKind::Div, [](float x, float y) { return x / y; });
  expect(ElementWiseKind::Max, [](float x, float y) { return std::max(x, y); });
  expect(ElementWiseKind::Min, [](float x, float y) { return std::min(x, y); });
  expect(ElementWiseKind::FloorDiv, [](float x, float y) { return std::floor(x / y); });
  expect(ElementWiseKind::Fmod, [](float x, float y) { return std::fmod(x, y); });
  expect(ElementWiseKind::Mod, [](float x, float y) { return x - std::floor(x / y) * y; });
  expect_binary(ElementWiseKind::Pow, mapped(a, [](double v) { return v + 1.5; }), b, dims,
                [](float x, float y) { return std::pow(x, y); });
}

/// A chain where values are used late, twice, and in reversed order.
TEST(SimdPointwise, RunsChainsWithTemporaries) {
  const auto load = [](int64_t i) { return PointwiseStep{.code = PointwiseCode::Load, .lhs = i}; };
  const auto binary = [](ElementWiseKind kind, int64_t a, int64_t b) {
    return PointwiseStep{
        .code = PointwiseCode::ElementWise, .kind = static_cast<int64_t>(kind), .lhs = a, .rhs = b};
  };
  ops::Pointwise chain;
  chain.steps = {load(0),
                 load(1),
                 binary(ElementWiseKind::Add, 0, 1),  // 2: s = x + y
                 {.code = PointwiseCode::Activation,
                  .kind = static_cast<int64_t>(ActivationKind::Relu),
                  .lhs = 2},                           // 3: r = relu(s)
                 binary(ElementWiseKind::Mul, 3, 3),   // 4: r²
                 binary(ElementWiseKind::Sub, 2, 4),   // 5: s − r²
                 binary(ElementWiseKind::Div, 5, 1),   // 6: (s − r²) / y
                 binary(ElementWiseKind::Pow, 3, 4),   // 7: r ^ r²
                 binary(ElementWiseKind::Sub, 6, 7)};  // 8
  for (const bool constant : {false, true}) {
    const Dims out{3, 100};
    const TestTensor x = noise(out, 1);
    TestTensor y = noise({100}, 2, constant);
    for (float& v : y.values) v += 2;
    TestTensor expected{out, {}};
    for (int64_t i = 0; i < out.volume(); ++i) {
      const double b = y[i % 100], s = x[i] + b, r = std::max(s, 0.0);
      expected.values.push_back(static_cast<float>((s - r * r) / b - std::pow(r, r * r)));
    }
    expect_every_way(chain, {x, y}, expected, 1e-5);
  }
}

TEST(SimdPointwise, RunsLongChains) {
  ops::Pointwise chain;
  chain.steps.push_back({.code = PointwiseCode::Load, .lhs = 0});
  std::vector<TestTensor> inputs = {noise({16}, 1)};
  TestTensor expected = inputs[0];
  for (int64_t i = 1; i <= 300; ++i) {
    const auto last = static_cast<int64_t>(chain.steps.size()) - 1;
    inputs.push_back(noise({16}, static_cast<uint32_t>(i + 1), true));
    chain.steps.push_back({.code = PointwiseCode::Load, .lhs = i});
    chain.steps.push_back({.code = PointwiseCode::ElementWise,
                           .kind = static_cast<int64_t>(ElementWiseKind::Add),
                           .lhs = last,
                           .rhs = last + 1});
    chain.steps.push_back({.code = PointwiseCode::Activation,
                           .kind = static_cast<int64_t>(ActivationKind::Relu),
                           .lhs = last + 2});
    for (int64_t k = 0; k < 16; ++k) {
      float& v = expected.values[static_cast<size_t>(k)];
      v = std::max(v + inputs.back()[k], 0.0F);
    }
  }
  expect_every_way(chain, inputs, expected, 0);
}

TEST(SimdPointwise, RefusesStepsThatNameWhatIsNotThere) {
  EXPECT_EQ(refuse_pointwise({}, 1), "it has no steps");
  EXPECT_EQ(refuse_pointwise({{{.code = PointwiseCode::Load, .lhs = 1}}}, 1),
            "step 0 names what is not there");
  EXPECT_EQ(refuse_pointwise({{{.code = PointwiseCode::Unary, .kind = 0, .lhs = 0}}}, 1),
            "step 0 names what is not there");
}

}  // namespace
}  // namespace tenon::simd
