// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fused chains: short ones as passes make them, a very long one, and random ones.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;
using ops::PointwiseCode;
using ops::UnaryKind;

/// Writes a chain step by step; each call gives the number of its step.
class Chain {
 public:
  int64_t load(int64_t input) { return push({PointwiseCode::Load, 0, input, 0, 0, 0}); }
  int64_t activation(ops::Activation op, int64_t x) {
    return push(
        {PointwiseCode::Activation, static_cast<int64_t>(op.kind), x, 0, op.alpha, op.beta});
  }
  int64_t unary(UnaryKind kind, int64_t x) {
    return push({PointwiseCode::Unary, static_cast<int64_t>(kind), x, 0, 0, 0});
  }
  int64_t binary(ElementWiseKind kind, int64_t a, int64_t b) {
    return push({PointwiseCode::ElementWise, static_cast<int64_t>(kind), a, b, 0, 0});
  }
  [[nodiscard]] const ops::Pointwise& op() const noexcept { return op_; }

 private:
  int64_t push(const ops::PointwiseStep& step) {
    op_.steps.push_back(step);
    return static_cast<int64_t>(op_.steps.size()) - 1;
  }
  ops::Pointwise op_;
};

ops::Pointwise add_relu() {
  Chain chain;
  const int64_t sum = chain.binary(ElementWiseKind::Add, chain.load(0), chain.load(1));
  chain.activation({ActivationKind::Relu}, sum);
  return chain.op();
}

/// x · sigmoid(x) + bias, clipped: one operand read twice.
ops::Pointwise swish() {
  Chain chain;
  const int64_t x = chain.load(0);
  const int64_t gate = chain.activation({ActivationKind::Sigmoid}, x);
  const int64_t product = chain.binary(ElementWiseKind::Mul, x, gate);
  const int64_t sum = chain.binary(ElementWiseKind::Add, product, chain.load(1));
  chain.activation({ActivationKind::Clip, -1, 2}, sum);
  return chain.op();
}

ops::Pointwise long_chain(int pairs) {
  Chain chain;
  int64_t value = chain.load(0);
  const int64_t other = chain.load(1);
  for (int i = 0; i < pairs; ++i) {
    value = chain.binary(ElementWiseKind::Add, value, other);
    value = chain.activation({ActivationKind::Relu}, value);
  }
  return chain.op();
}

/// A chain over `inputs` inputs whose steps read any earlier ones and stay within small numbers.
ops::Pointwise random_chain(Random& random, int64_t inputs) {
  Chain chain;
  std::vector<int64_t> values;
  for (int64_t i = 0; i < inputs; ++i) values.push_back(chain.load(i));
  constexpr UnaryKind kUnaries[] = {UnaryKind::Abs, UnaryKind::Neg, UnaryKind::Sin,
                                    UnaryKind::Erf, UnaryKind::Cos, UnaryKind::Atan};
  constexpr ElementWiseKind kBinaries[] = {ElementWiseKind::Add, ElementWiseKind::Sub,
                                           ElementWiseKind::Max, ElementWiseKind::Min};
  const int64_t steps = random.between(1, 14);
  for (int64_t i = 0; i < steps; ++i) {
    const int64_t a = random.pick(values), b = random.pick(values);
    switch (random.between(0, 2)) {
      case 0:
        values.push_back(chain.unary(random.pick(kUnaries), a));
        break;
      case 1:
        // Bounded kinds alone, so that nothing grows without end.
        values.push_back(chain.activation(
            {random.chance(50) ? ActivationKind::Tanh : ActivationKind::Sigmoid}, a));
        break;
      default:
        values.push_back(chain.binary(random.pick(kBinaries), a, b));
    }
  }
  chain.binary(ElementWiseKind::Add, values.back(), values.front());
  return chain.op();
}

}  // namespace

void add_pointwises(Cases cases) {
  cases.add("add and relu", add_relu()).input({1, 16, 7, 7}).input({1, 16, 7, 7});
  cases.add("add and relu by channel", add_relu()).input({2, 16, 7, 7}).constant({16, 1, 1});
  cases.add("add and relu dynamic batch", add_relu()).input({3, 40}).input({3, 40}).dynamic();
  cases.add("add and relu of nothing", add_relu()).input({0, 40}).input({40});
  cases.add("add and relu of scalars", add_relu()).input({}).input({});
  cases.add("add and relu both ways", add_relu()).input({5, 1}).input({1, 6});
  cases.add("swish", swish()).input({2, 9, 5, 5}).range(-5, 5).constant({9, 1, 1});
  cases.add("thirty pairs", long_chain(30)).input({16}).input({16});
  cases.add("two hundred pairs", long_chain(200)).input({1, 37}).constant({37});
  Random random(20260504);
  const Dims shapes[] = {{3, 17}, {1, 8, 5, 5}, {67}, {2, 3, 4, 5}};
  for (int i = 0; i < 24; ++i) {
    const int64_t inputs = random.between(1, 4);
    Case& one = cases.add("random " + std::to_string(i), random_chain(random, inputs));
    const Dims shape = random.pick(shapes);
    one.input(shape);
    for (int64_t input = 1; input < inputs; ++input) {
      Dims other = shape;
      for (int64_t& extent : other) extent = random.chance(25) ? 1 : extent;
      random.chance(30) ? one.constant(other) : one.input(other);
    }
  }
}

}  // namespace tenon::conformance
