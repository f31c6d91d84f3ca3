// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution, matrix product, pooling and reductions against numbers worked out by hand.
#include <gmock/gmock.h>

#include "backends/ref/ref_test.h"

namespace tenon::ref {
namespace {

using ops::ActivationKind;
using ops::PoolingKind;
using ops::ReduceKind;
using testing::ElementsAre;
using testing::Pointwise;

auto near(const std::vector<double>& wanted) {
  return Pointwise(testing::DoubleNear(1e-6), wanted);
}

ops::Convolution convolution(Dims kernel) {
  const int rank = kernel.rank();
  ops::Convolution op;
  op.kernel = kernel;
  op.strides = op.dilations = Dims::filled(rank, 1);
  op.pads_begin = op.pads_end = Dims::filled(rank, 0);
  return op;
}

TEST(RefConvolution, CorrelatesAndAddsTheBias) {
  EXPECT_THAT(results(convolution({2, 2}), {counting({1, 1, 3, 3}),
                                            tensor({1, 1, 2, 2}, {1, 2, 3, 4}), tensor({1}, {10})}),
              ElementsAre(37, 47, 67, 77));
}

TEST(RefConvolution, PadsStridesAndDilates) {
  ops::Convolution op = convolution({3});
  op.strides = {2};
  op.pads_begin = {2};
  op.pads_end = {1};
  op.dilations = {2};
  // x = 0 1 2 3 4 with zeros around; windows at −2, 0, 2 read every second element.
  EXPECT_THAT(results(op, {counting({1, 1, 5}), tensor({1, 1, 3}, {1, 10, 100})}),
              ElementsAre(200, 420));
}

TEST(RefConvolution, KeepsGroupsApartAndSumsChannels) {
  ops::Convolution op = convolution({1});
  op.groups = 2;
  EXPECT_THAT(results(op, {tensor({1, 4, 1}, {1, 2, 3, 4}), tensor({2, 2, 1}, {1, 10, 100, 1000})}),
              ElementsAre(21, 4300));
}

TEST(RefConvolution, AddsTheResidualBeforeTheActivation) {
  ops::Convolution op = convolution({1, 1, 1});
  op.activation = {ActivationKind::Clip, 0, 6};
  EXPECT_THAT(results(op, {tensor({1, 1, 1, 1, 3}, {1, 2, 3}), tensor({1, 1, 1, 1, 1}, {2}),
                           nullptr, tensor({1, 1, 1, 1, 3}, {-5, 1, 1})}),
              ElementsAre(0, 5, 6));
}

TEST(RefConvolution, ReadsRowsLongerThanItsBlock) {
  const auto x = counting({1, 1, 130});
  const auto y = results(convolution({3}), {x, tensor({1, 1, 3}, {1, 1, 1})});
  ASSERT_EQ(y.size(), 128U);
  for (size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], 3.0 * static_cast<double>(i + 1));
}

TEST(RefMatMul, MultipliesBroadcastsAndTransposes) {
  const auto a = tensor({2, 2}, {1, 2, 3, 4}), b = tensor({2, 2}, {5, 6, 7, 8});
  EXPECT_THAT(results(ops::MatMul{}, {a, b}), ElementsAre(19, 22, 43, 50));
  EXPECT_THAT(results(ops::MatMul{true, false}, {a, b}), ElementsAre(26, 30, 38, 44));
  EXPECT_THAT(results(ops::MatMul{false, true}, {a, b}), ElementsAre(17, 23, 39, 53));
  EXPECT_THAT(results(ops::MatMul{false, false, {ActivationKind::Clip, 0, 45}},
                      {a, b, tensor({2}, {0, 100})}),
              ElementsAre(19, 45, 43, 45));
  EXPECT_THAT(results(ops::MatMul{}, {tensor({2, 1, 2}, {1, 2, 3, 4}), b}),
              ElementsAre(19, 22, 43, 50));
  EXPECT_THAT(results(ops::MatMul{}, {tensor({2}, {1, 2}), tensor({2}, {3, 4})}), ElementsAre(11));
  EXPECT_THAT(results(ops::MatMul{}, {a, tensor({2}, {1, 10})}), ElementsAre(21, 43));
  EXPECT_THAT(results(ops::MatMul{}, {tensor({2}, {1, 10}), a}), ElementsAre(31, 42));
  EXPECT_THAT(
      results(ops::MatMul{}, {tensor<int32_t>({1, 2}, {3, -4}), tensor<int32_t>({2, 1}, {5, 6})}),
      ElementsAre(-9));
}

ops::Pooling pooling(PoolingKind kind, Dims kernel, Dims strides, Dims pads) {
  return {kind, kernel, strides, pads, pads, Dims::filled(kernel.rank(), 1), false, false};
}

TEST(RefPooling, TakesTheLargestOrTheMean) {
  const auto x = tensor({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, -8});
  EXPECT_THAT(results(pooling(PoolingKind::Max, {2, 2}, {2, 2}, {0, 0}), {x}), ElementsAre(6, 7));
  EXPECT_THAT(results(pooling(PoolingKind::Average, {2, 2}, {2, 2}, {0, 0}), {x}),
              ElementsAre(3.5, 1.5));
  const auto negative = tensor({1, 1, 3}, {-3, -2, -1});
  EXPECT_THAT(results(pooling(PoolingKind::Max, {2}, {2}, {1}), {negative}), ElementsAre(-3, -1));
}

TEST(RefPooling, CountsPaddingOnlyWhenAsked) {
  ops::Pooling op = pooling(PoolingKind::Average, {2}, {2}, {1});
  const auto x = tensor({1, 1, 3}, {2, 4, 6});
  EXPECT_THAT(results(op, {x}), ElementsAre(2, 5));
  op.count_include_pad = true;
  EXPECT_THAT(results(op, {x}), ElementsAre(1, 5));
  // The last, partial window ends where the padding ends.
  op.ceil_mode = true;
  op.pads_begin = op.pads_end = {0};
  EXPECT_THAT(results(op, {x}), ElementsAre(3, 6));
}

TEST(RefReduce, EveryKind) {
  const auto x = tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto rows = [&](ReduceKind kind) { return results(ops::Reduce{kind, {1}, false}, {x}); };
  EXPECT_THAT(rows(ReduceKind::Sum), ElementsAre(6, 15));
  EXPECT_THAT(rows(ReduceKind::Prod), ElementsAre(6, 120));
  EXPECT_THAT(rows(ReduceKind::Max), ElementsAre(3, 6));
  EXPECT_THAT(rows(ReduceKind::Min), ElementsAre(1, 4));
  EXPECT_THAT(rows(ReduceKind::Mean), ElementsAre(2, 5));
  EXPECT_THAT(rows(ReduceKind::L1), ElementsAre(6, 15));
  EXPECT_THAT(rows(ReduceKind::L2), near({3.7416574, 8.7749643}));
  EXPECT_THAT(rows(ReduceKind::SumSquare), ElementsAre(14, 77));
  EXPECT_THAT(rows(ReduceKind::LogSum), near({1.7917595, 2.7080502}));
  EXPECT_THAT(rows(ReduceKind::LogSumExp), near({3.4076059, 6.4076059}));
}

TEST(RefReduce, AnyAxesAndEmptyOnes) {
  const auto x = counting({2, 3, 2});
  EXPECT_THAT(results(ops::Reduce{ReduceKind::Sum, {0, 2}, true}, {x}), ElementsAre(14, 22, 30));
  EXPECT_THAT(results(ops::Reduce{ReduceKind::Sum, {0, 1, 2}, false}, {x}), ElementsAre(66));
  EXPECT_THAT(results(ops::Reduce{ReduceKind::Sum, {}, false}, {tensor({2}, {3, 4})}),
              ElementsAre(3, 4));
  EXPECT_THAT(results(ops::Reduce{ReduceKind::Sum, {1}, true}, {tensor({2, 0}, {})}),
              ElementsAre(0, 0));
  EXPECT_THAT(
      results(ops::Reduce{ReduceKind::Prod, {0}, false}, {tensor<int64_t>({3}, {2, -3, 7})}),
      ElementsAre(-42));
}

TEST(RefSoftmax, SumsToOneAlongItsAxis) {
  const auto x = tensor({2, 2}, {0, 1000, 0.6931472F, 1000});
  EXPECT_THAT(results(ops::Softmax{0, false}, {x}), near({1.0 / 3, 0.5, 2.0 / 3, 0.5}));
  EXPECT_THAT(results(ops::Softmax{1, false}, {x}), near({0, 1, 0, 1}));
  EXPECT_THAT(results(ops::Softmax{0, true}, {x}),
              near({-1.0986123, -0.6931472, -0.4054651, -0.6931472}));
}

TEST(RefBatchNorm, ScalesEachChannel) {
  const auto one = tensor({2}, {1, 2}), mean = tensor({2}, {1, 0}), variance = tensor({2}, {4, 1});
  EXPECT_THAT(
      results(ops::BatchNorm{0}, {tensor({1, 2, 2}, {1, 3, 1, 3}), one, one, mean, variance}),
      near({1, 2, 4, 8}));
}

}  // namespace
}  // namespace tenon::ref
