// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element against numbers worked out by hand, and against the formulas of enums.h.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "backends/ref/ref_test.h"
#include "backends/ref/scalar.h"

namespace tenon::ref {
namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;
using ops::UnaryKind;
using testing::ElementsAre;

TEST(RefActivation, EveryKindAtTwoPoints) {
  struct Point {
    ops::Activation op;
    double at_minus_one, at_two;
  };
  const Point points[] = {
      {{ActivationKind::None}, -1, 2},
      {{ActivationKind::Relu}, 0, 2},
      {{ActivationKind::Sigmoid}, 0.2689414, 0.8807971},
      {{ActivationKind::Tanh}, -0.7615942, 0.9640276},
      {{ActivationKind::LeakyRelu, 0.5F}, -0.5, 2},
      {{ActivationKind::Elu, 2}, -1.2642411, 2},
      {{ActivationKind::Selu, 2, 3}, -3.7927234, 6},
      {{ActivationKind::Softsign}, -0.5, 0.6666667},
      {{ActivationKind::Softplus, 2, 1}, 0.6265234, 4.2538560},
      {{ActivationKind::Clip, -0.5F, 1.5F}, -0.5, 1.5},
      {{ActivationKind::HardSigmoid, 0.25F, 0.5F}, 0.25, 1},
      {{ActivationKind::HardSwish, 0.25F, 0.5F}, -0.25, 2},
      {{ActivationKind::ScaledTanh, 2, 0.5F}, -0.9242343, 1.5231883},
      {{ActivationKind::ThresholdedRelu, 2}, 0, 0},
      {{ActivationKind::GeluErf}, -0.1586553, 1.9544997},
      {{ActivationKind::GeluTanh}, -0.1588080, 1.9545977},
      {{ActivationKind::Celu, 2}, -0.7869387, 2},
      {{ActivationKind::Mish}, -0.3034015, 1.9439590},
  };
  EXPECT_EQ(std::size(points), ops::kNamesOf<ActivationKind>.size());
  for (const Point& point : points) {
    EXPECT_NEAR(apply(point.op, -1.0), point.at_minus_one, 1e-6) << to_string(point.op.kind);
    EXPECT_NEAR(apply(point.op, 2.0), point.at_two, 1e-6) << to_string(point.op.kind);
  }
}

TEST(RefActivation, WorksOnIntegersAndHalves) {
  EXPECT_THAT(results(ops::Activation{ActivationKind::Relu}, {tensor<int32_t>({2}, {-3, 4})}),
              ElementsAre(0, 4));
  EXPECT_THAT(
      results(ops::Activation{ActivationKind::Clip, -1.5F, 1e30F}, {tensor<int64_t>({2}, {-3, 4})}),
      ElementsAre(-1, 4));
  const uint16_t halves[] = {0xbc00, 0x4000};  // −1 and 2
  EXPECT_THAT(results(ops::Activation{ActivationKind::LeakyRelu, 0.5F},
                      {ops::ConstantData::copy(DType::F16, {2}, std::as_bytes(std::span(halves)))}),
              ElementsAre(-0.5, 2));
}

TEST(RefUnary, RoundsToEvenAndTests) {
  const auto x = tensor({4}, {-2.5F, -1.5F, 0.5F, 1.7F});
  EXPECT_THAT(results(ops::Unary{UnaryKind::Round}, {x}), ElementsAre(-2, -2, 0, 2));
  EXPECT_THAT(results(ops::Unary{UnaryKind::Floor}, {x}), ElementsAre(-3, -2, 0, 1));
  EXPECT_THAT(results(ops::Unary{UnaryKind::Ceil}, {x}), ElementsAre(-2, -1, 1, 2));
  EXPECT_THAT(results(ops::Unary{UnaryKind::Sign}, {x}), ElementsAre(-1, -1, 1, 1));
  EXPECT_THAT(results(ops::Unary{UnaryKind::Neg}, {tensor<int8_t>({2}, {-128, 5})}),
              ElementsAre(-128, -5));
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_THAT(results(ops::Unary{UnaryKind::IsInf}, {tensor({3}, {inf, 1, std::nanf("")})}),
              ElementsAre(1, 0, 0));
  EXPECT_THAT(results(ops::Unary{UnaryKind::IsNan}, {tensor({3}, {inf, 1, std::nanf("")})}),
              ElementsAre(0, 0, 1));
  EXPECT_THAT(results(ops::Unary{UnaryKind::Not}, {boolean({2}, {0, 1})}), ElementsAre(1, 0));
}

TEST(RefUnary, AgreesWithTheStandardLibrary) {
  const std::pair<UnaryKind, double (*)(double)> functions[] = {
      {UnaryKind::Exp, std::exp},     {UnaryKind::Log, std::log},     {UnaryKind::Sqrt, std::sqrt},
      {UnaryKind::Erf, std::erf},     {UnaryKind::Sin, std::sin},     {UnaryKind::Cos, std::cos},
      {UnaryKind::Tan, std::tan},     {UnaryKind::Asin, std::asin},   {UnaryKind::Acos, std::acos},
      {UnaryKind::Atan, std::atan},   {UnaryKind::Sinh, std::sinh},   {UnaryKind::Cosh, std::cosh},
      {UnaryKind::Asinh, std::asinh}, {UnaryKind::Atanh, std::atanh}, {UnaryKind::Abs, std::fabs}};
  for (const auto& [kind, function] : functions) {
    EXPECT_DOUBLE_EQ(apply(kind, 0.25), function(0.25)) << to_string(kind);
  }
  EXPECT_DOUBLE_EQ(apply(UnaryKind::Acosh, 2.0), std::acosh(2.0));
  EXPECT_EQ(apply(UnaryKind::Reciprocal, 4.0), 0.25);
}

std::vector<double> integers(ElementWiseKind kind) {
  return results(ops::ElementWise{kind},
                 {tensor<int32_t>({2, 1}, {7, -7}), tensor<int32_t>({2}, {2, -2})});
}
std::vector<double> floats(ElementWiseKind kind) {
  return results(ops::ElementWise{kind}, {tensor({2, 1}, {7, -7}), tensor({2}, {2, -2})});
}

TEST(RefElementWise, DividesIntegersAsPromised) {
  EXPECT_THAT(integers(ElementWiseKind::Div), ElementsAre(3, -3, -3, 3));
  EXPECT_THAT(integers(ElementWiseKind::FloorDiv), ElementsAre(3, -4, -4, 3));
  EXPECT_THAT(integers(ElementWiseKind::Mod), ElementsAre(1, -1, 1, -1));
  EXPECT_THAT(integers(ElementWiseKind::Fmod), ElementsAre(1, 1, -1, -1));
  EXPECT_THAT(integers(ElementWiseKind::Pow), ElementsAre(49, 0, 49, 0));
}

TEST(RefElementWise, EveryKindOnFloats) {
  EXPECT_THAT(floats(ElementWiseKind::Add), ElementsAre(9, 5, -5, -9));
  EXPECT_THAT(floats(ElementWiseKind::Sub), ElementsAre(5, 9, -9, -5));
  EXPECT_THAT(floats(ElementWiseKind::Mul), ElementsAre(14, -14, -14, 14));
  EXPECT_THAT(floats(ElementWiseKind::Div), ElementsAre(3.5, -3.5, -3.5, 3.5));
  EXPECT_THAT(floats(ElementWiseKind::FloorDiv), ElementsAre(3, -4, -4, 3));
  EXPECT_THAT(floats(ElementWiseKind::Max), ElementsAre(7, 7, 2, -2));
  EXPECT_THAT(floats(ElementWiseKind::Min), ElementsAre(2, -2, -7, -7));
  EXPECT_THAT(floats(ElementWiseKind::Pow),
              testing::Pointwise(testing::DoubleNear(1e-8),
                                 std::vector<double>{49, 1.0 / 49, 49, 1.0 / 49}));
  EXPECT_THAT(floats(ElementWiseKind::Mod), ElementsAre(1, -1, 1, -1));
  EXPECT_THAT(floats(ElementWiseKind::Fmod), ElementsAre(1, 1, -1, -1));
  EXPECT_THAT(floats(ElementWiseKind::Equal), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(floats(ElementWiseKind::Less), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(floats(ElementWiseKind::Greater), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(floats(ElementWiseKind::LessOrEqual), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(floats(ElementWiseKind::GreaterOrEqual), ElementsAre(1, 1, 0, 0));
}

TEST(RefElementWise, LogicAndOverflow) {
  const auto a = boolean({2, 1}, {0, 1}), b = boolean({2}, {0, 1});
  EXPECT_THAT(results(ops::ElementWise{ElementWiseKind::And}, {a, b}), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(results(ops::ElementWise{ElementWiseKind::Or}, {a, b}), ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(results(ops::ElementWise{ElementWiseKind::Xor}, {a, b}), ElementsAre(0, 1, 1, 0));
  const auto most = tensor<int64_t>({1}, {INT64_MAX}), one = tensor<int64_t>({1}, {1});
  EXPECT_EQ(compute(ops::ElementWise{ElementWiseKind::Add}, {most, one})->integer(0), INT64_MIN);
  const auto least = tensor<int64_t>({1}, {INT64_MIN}), minus = tensor<int64_t>({1}, {-1});
  EXPECT_EQ(compute(ops::ElementWise{ElementWiseKind::Div}, {least, minus})->integer(0), INT64_MIN);
}

TEST(RefElementWise, FailsOnIntegerDivisionByZero) {
  const auto one = tensor<int32_t>({1}, {1}), zero = tensor<int32_t>({1}, {0});
  for (const auto kind : {ElementWiseKind::Div, ElementWiseKind::FloorDiv, ElementWiseKind::Mod,
                          ElementWiseKind::Fmod}) {
    EXPECT_EQ(compute(ops::ElementWise{kind}, {one, zero}), nullptr) << to_string(kind);
  }
  EXPECT_THAT(results(ops::ElementWise{ElementWiseKind::Div}, {tensor({1}, {1}), tensor({1}, {0})}),
              ElementsAre(std::numeric_limits<double>::infinity()));
}

TEST(RefSelect, Broadcasts) {
  EXPECT_THAT(
      results(ops::Select{}, {boolean({2, 1}, {1, 0}), tensor({2}, {1, 2}), tensor({}, {9})}),
      ElementsAre(1, 2, 9, 9));
}

TEST(RefPointwise, RunsItsSteps) {
  using ops::PointwiseCode;
  // relu(a + b) * b
  const ops::Pointwise op{{{PointwiseCode::Load, 0, 0},
                           {PointwiseCode::Load, 0, 1},
                           {PointwiseCode::ElementWise, 0, 0, 1},
                           {PointwiseCode::Activation, 1, 2},
                           {PointwiseCode::ElementWise, 2, 3, 1}}};
  EXPECT_THAT(results(op, {tensor({2, 2}, {1, 2, -3, 4}), tensor({2}, {2, -3})}),
              ElementsAre(6, 0, 0, -3));
}

TEST(RefCast, FollowsStaticCastAndIsDefinedElsewhere) {
  const auto cast = [](DType to, const ops::ConstantRef& x) { return results(ops::Cast{to}, {x}); };
  const auto x = tensor({4}, {-1.9F, 0.0F, 0.4F, 300.0F});
  EXPECT_THAT(cast(DType::I32, x), ElementsAre(-1, 0, 0, 300));
  EXPECT_THAT(cast(DType::Bool, x), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(cast(DType::U8, x), ElementsAre(255, 0, 0, 44));
  EXPECT_THAT(cast(DType::I64, tensor({2}, {std::nanf(""), 1e30F})),
              ElementsAre(0, static_cast<double>(INT64_MAX)));
  EXPECT_THAT(cast(DType::F16, tensor({2}, {1.0F / 3, 1e6F})),
              ElementsAre(0.333251953125, std::numeric_limits<double>::infinity()));
  EXPECT_THAT(cast(DType::BF16, tensor<int32_t>({1}, {257})), ElementsAre(256));
  EXPECT_THAT(cast(DType::F32, boolean({2}, {0, 1})), ElementsAre(0, 1));
  EXPECT_EQ(compute(ops::Activation{ops::ActivationKind::Relu, 0, 0},
                    {compute(ops::Cast{DType::F8E4M3}, {x})}),
            nullptr);
}

TEST(RefCast, KeepsNumbersInFewBits) {
  const auto stored = [](DType type, const std::vector<float>& values) {
    return reals(compute(ops::Cast{type}, {tensor({static_cast<int64_t>(values.size())}, values)}));
  };
  EXPECT_THAT(stored(DType::F8E4M3, {1.0625F, 1.1875F, -500, 0.001953125F, 0.0009F, 17}),
              ElementsAre(1, 1.25, -448, 0.001953125, 0, 16));
  EXPECT_THAT(stored(DType::F8E5M2, {1.125F, 1.375F, 1e9F, -60000, 3e-5F}),
              ElementsAre(1, 1.5, 57344, -57344, 0x1p-15));
  EXPECT_THAT(stored(DType::F4E2M1, {0.25F, 0.75F, 2.5F, 5, -7, 3.4F, 0.26F}),
              ElementsAre(0, 1, 2, 4, -6, 3, 0.5));
  EXPECT_THAT(stored(DType::F8E8M0, {1, 3, 0.3F, 0, 1e38F}),
              ElementsAre(1, 4, 0.5, 0x1p-127, 0x1p127));
  EXPECT_THAT(stored(DType::I4, {-9, -1.5F, 7.9F, 3, 9}), ElementsAre(7, -1, 7, 3, -7));
  EXPECT_THAT(stored(DType::U4, {-1, 15, 16, 2.5F, 1}), ElementsAre(15, 15, 0, 2, 1));
  EXPECT_THAT(stored(DType::I2, {-3, -1, 0, 1, 2}), ElementsAre(1, -1, 0, 1, -2));
  EXPECT_THAT(stored(DType::U2, {3, 2, 1, 0, 4}), ElementsAre(3, 2, 1, 0, 0));
  EXPECT_THAT(stored(DType::U16, {65535, 65537, -1}), ElementsAre(65535, 1, 65535));
  EXPECT_THAT(results(ops::Cast{DType::I8}, {compute(ops::Cast{DType::I4}, {counting({5})})}),
              ElementsAre(0, 1, 2, 3, 4));
}

TEST(RefQuantize, KnowsBlocksAndTypesOfStorage) {
  const auto x = tensor({2, 4}, {1, 2, 3, 4, 10, 20, 30, 40});
  const auto scales = tensor({2, 2}, {1, 2, 10, 20});
  const auto whole = compute(ops::Quantize{-1, DType::I8}, {x, scales});
  EXPECT_THAT(reals(whole), ElementsAre(1, 2, 2, 2, 1, 2, 2, 2));
  const auto small = compute(ops::Quantize{-1, DType::F4E2M1}, {x, scales});
  EXPECT_THAT(reals(small), ElementsAre(1, 2, 1.5, 2, 1, 2, 1.5, 2));
  EXPECT_THAT(results(ops::Dequantize{-1, DType::F32}, {small, scales}),
              ElementsAre(1, 2, 3, 4, 10, 20, 30, 40));
  EXPECT_THAT(
      results(ops::Quantize{0, DType::U4},
              {x, tensor({2}, {1, 10}), compute(ops::Cast{DType::U4}, {tensor({2}, {3, 0})})}),
      ElementsAre(4, 5, 6, 7, 1, 2, 3, 4));
  EXPECT_EQ(compute(ops::Quantize{-1, DType::I8}, {x, tensor({2, 3}, {1, 1, 1, 1, 1, 1})}),
            nullptr);
}

TEST(RefDynamicQuantize, BlocksMayStandOver) {
  const ops::Op op = ops::DynamicQuantize{{2, 2}, DType::F8E4M3, DType::F8E8M0};
  const auto x = tensor({2, 3}, {448, 1, 3, -2, 896, 0});
  std::vector<const ops::ConstantData*> views{x.get()};
  const auto made = evaluate(op, views);
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(reals(made->at(1)), ElementsAre(2, 0.0078125));
  EXPECT_THAT(reals(made->at(0)), ElementsAre(224, 0.5, 384, -1, 448, 0));
}

TEST(RefVectorProduct, TakesLastAxesAsVectors) {
  const auto matrices = counting({2, 2, 2});  // [0 1; 2 3], [4 5; 6 7]
  const auto vectors = tensor({2, 2}, {1, 1, 2, 0});
  EXPECT_THAT(results(ops::VectorProduct{false, false, false, true}, {matrices, vectors}),
              ElementsAre(1, 5, 8, 12));
  EXPECT_THAT(results(ops::VectorProduct{false, true, true, false}, {vectors, matrices}),
              ElementsAre(1, 5, 8, 12));
  EXPECT_THAT(results(ops::VectorProduct{false, false, true, true}, {vectors, vectors}),
              ElementsAre(2, 4));
  EXPECT_EQ(compute(ops::VectorProduct{true, false, true, false}, {vectors, matrices}), nullptr);
}

}  // namespace
}  // namespace tenon::ref
