// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes that the operators' rules give, and what they refuse.
#include <gmock/gmock.h>

#include "ops/rule_test.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;
using Rules = RuleTest;

Convolution conv(Dims kernel, int64_t stride, int64_t pad, int64_t dilation, int64_t groups = 1) {
  const int rank = kernel.rank();
  return {kernel,
          Dims::filled(rank, stride),
          Dims::filled(rank, pad),
          Dims::filled(rank, pad),
          Dims::filled(rank, dilation),
          groups,
          {ActivationKind::None}};
}

TEST_F(Rules, ConvolutionCountsWindows) {
  EXPECT_EQ(shape(conv({3, 3}, 1, 1, 1), {f32({n, 3, 224, 224}), f32({64, 3, 3, 3})}),
            "[N, 64, 224, 224]");
  EXPECT_EQ(shape(conv({7, 7}, 2, 3, 1), {f32({n, 3, 224, 224}), f32({64, 3, 7, 7}), f32({64})}),
            "[N, 64, 112, 112]");
  EXPECT_EQ(shape(conv({3}, 2, 0, 2, 2), {f32({1, 4, 10}), f32({6, 2, 3})}), "[1, 6, 3]");
  EXPECT_EQ(shape(conv({1, 1, 1}, 1, 0, 1), {f32({1, 2, 3, 4, 5}), f32({7, 2, 1, 1, 1})}),
            "[1, 7, 3, 4, 5]");
  EXPECT_EQ(shape(conv({2, 2}, 2, 0, 1), {f32({1, 1, h, h}), f32({1, 1, 2, 2})}),
            "[1, 1, (floor((H + -2) / 2) + 1), (floor((H + -2) / 2) + 1)]");
}

TEST_F(Rules, ConvolutionSaysWhatDoesNotFit) {
  const auto* x = f32({1, 4, 8, 8});
  const auto* w = f32({6, 4, 3, 3});
  const Convolution op = conv({3, 3}, 1, 1, 1);
  EXPECT_THAT(shape(op, {x}), HasSubstr("1 inputs, but takes 2 to 4"));
  EXPECT_THAT(shape(op, {x, nullptr}), HasSubstr("input 1 is absent"));
  EXPECT_THAT(shape(op, {x, type(DType::F16, {6, 4, 3, 3})}),
              HasSubstr("input 0 is f32 and input 1 is f16"));
  EXPECT_THAT(shape(op, {x, f32({6, 3, 3, 3})}), HasSubstr("the input has 4 channels"));
  EXPECT_THAT(shape(op, {x, f32({6, 4, 3})}), HasSubstr("needs rank 4"));
  EXPECT_THAT(shape(op, {x, f32({6, 4, 3, 5})}), HasSubstr("kernel is 3x3"));
  EXPECT_THAT(shape(op, {x, w, f32({4})}), HasSubstr("a vector of the 6 output channels"));
  EXPECT_THAT(shape(op, {x, w, nullptr, f32({1, 6, 8, 7})}), HasSubstr("the residual has shape"));
  EXPECT_EQ(shape(op, {x, w, nullptr, f32({1, 6, 8, 8})}), "[1, 6, 8, 8]");
  EXPECT_THAT(shape(conv({3, 3}, 1, 1, 1, 4), {x, f32({6, 1, 3, 3})}),
              HasSubstr("6 output channels cannot be split into 4 groups"));
  EXPECT_THAT(shape(conv({3, 3}, 1, 1, 1, 0), {x, w}), HasSubstr("groups is 0"));
  EXPECT_THAT(shape(conv({3, 3}, 0, 1, 1), {x, w}), HasSubstr("strides holds 0"));
  EXPECT_THAT(shape(conv({3, 3}, 1, -1, 1), {x, w}), HasSubstr("pads_begin holds -1"));
  EXPECT_THAT(shape(conv({3, 3}, 1, 0, 9), {x, w}), HasSubstr("spans 19 elements"));
  EXPECT_THAT(shape(conv({3}, 1, 0, 1), {x, w}), HasSubstr("kernel has 1 entries"));
  EXPECT_THAT(shape(op, {f32({4, 8}), w}), HasSubstr("1 to 3 spatial axes"));
  EXPECT_THAT(shape(op, {type(DType::I32, {1, 4, 8, 8}), w}), HasSubstr("of a floating type"));
}

TEST_F(Rules, PoolingRoundsUpOnlyToWindowsThatBeginInside) {
  Pooling op{PoolingKind::Max, {2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, false, false};
  EXPECT_EQ(shape(op, {f32({n, 6, 5, 8})}), "[N, 6, 2, 4]");
  op.ceil_mode = true;
  EXPECT_EQ(shape(op, {f32({n, 6, 5, 8})}), "[N, 6, 3, 4]");
  Pooling thin{PoolingKind::Max, {1}, {2}, {0}, {0}, {1}, true, false};
  EXPECT_EQ(shape(thin, {f32({1, 1, 2})}), "[1, 1, 1]");
  op.pads_begin = {2, 0};
  EXPECT_THAT(shape(op, {f32({1, 1, 5, 8})}), HasSubstr("padding alone"));
  op.kind = PoolingKind::Average;
  EXPECT_THAT(shape(op, {type(DType::I8, {1, 1, 5, 8})}), HasSubstr("of a floating type"));
}

TEST_F(Rules, MatMulFollowsNumPy) {
  EXPECT_EQ(shape(MatMul{}, {f32({n, 4}), f32({4, 10})}), "[N, 10]");
  EXPECT_EQ(shape(MatMul{}, {f32({n, 1, 3, 4}), f32({5, 4, 2})}), "[N, 5, 3, 2]");
  EXPECT_EQ(shape(MatMul{}, {f32({4}), f32({n, 4, 2})}), "[N, 2]");
  EXPECT_EQ(shape(MatMul{}, {f32({3, 4}), f32({4})}), "[3]");
  EXPECT_EQ(shape(MatMul{}, {f32({4}), f32({4})}), "[]");
  EXPECT_EQ(shape(MatMul{true, true, {ActivationKind::Relu}}, {f32({4, 3}), f32({2, 4}), f32({2})}),
            "[3, 2]");
  EXPECT_THAT(shape(MatMul{}, {f32({n, 4}), f32({5, 10})}), HasSubstr("4 columns meet 5 rows"));
  EXPECT_THAT(shape(MatMul{}, {f32({}), f32({5, 10})}), HasSubstr("input 0 is a scalar"));
  EXPECT_THAT(shape(MatMul{}, {f32({2, 1, 4}), f32({3, 4, 5})}), HasSubstr("do not broadcast"));
  EXPECT_THAT(shape(MatMul{}, {f32({n, 4}), f32({4, 10}), f32({4})}), HasSubstr("the bias"));
  EXPECT_THAT(shape(MatMul{true}, {f32({4}), f32({4, 10})}), HasSubstr("cannot be transposed"));
}

TEST_F(Rules, ElementWiseBroadcastsAndComparisonsGiveBool) {
  EXPECT_EQ(shape(ElementWise{}, {f32({n, 1, 4}), f32({3, 1})}), "[N, 3, 4]");
  EXPECT_EQ(shape(ElementWise{}, {f32({n}), f32({8})}), "[8]");
  EXPECT_EQ(shape(ElementWise{}, {f32({n}), f32({h})}), "[max(N, H)]");
  EXPECT_THAT(shape(ElementWise{}, {f32({2}), f32({3})}), HasSubstr("do not broadcast"));
  EXPECT_THAT(shape(ElementWise{ElementWiseKind::And}, {f32({2}), f32({2})}),
              HasSubstr("must be bool"));
  EXPECT_THAT(shape(ElementWise{}, {type(DType::Bool, {2}), type(DType::Bool, {2})}),
              HasSubstr("must be a number"));
  ASSERT_TRUE(ask(ElementWise{ElementWiseKind::Less}, {f32({2}), f32({2})}));
  EXPECT_EQ(outputs[0].dtype, DType::Bool);
}

TEST_F(Rules, UnaryActivationAndSelectCheckTypes) {
  EXPECT_EQ(shape(Unary{UnaryKind::Exp}, {f32({n, 2})}), "[N, 2]");
  EXPECT_THAT(shape(Unary{UnaryKind::Exp}, {type(DType::I32, {2})}), HasSubstr("floating type"));
  EXPECT_THAT(shape(Unary{UnaryKind::Not}, {f32({2})}), HasSubstr("must be bool"));
  ASSERT_TRUE(ask(Unary{UnaryKind::IsNan}, {f32({2})}));
  EXPECT_EQ(outputs[0].dtype, DType::Bool);
  EXPECT_EQ(shape(Activation{}, {type(DType::I32, {2})}), "[2]");
  EXPECT_THAT(shape(Activation{ActivationKind::Tanh}, {type(DType::I32, {2})}),
              HasSubstr("tanh cannot be computed on i32"));
  EXPECT_THAT(shape(Activation{ActivationKind::Celu}, {f32({2})}), HasSubstr("alpha, which is 0"));
  EXPECT_EQ(shape(Select{}, {type(DType::Bool, {3, 1}), f32({n, 1, 4}), f32({})}), "[N, 3, 4]");
  EXPECT_THAT(shape(Select{}, {f32({3}), f32({3}), f32({3})}), HasSubstr("must be bool"));
}

TEST_F(Rules, PointwiseStepsReadOnlyWhatIsThere) {
  const auto step = [](PointwiseCode code, auto kind, int64_t lhs, int64_t rhs) {
    return PointwiseStep{code, static_cast<int64_t>(kind), lhs, rhs, 0, 0};
  };
  const auto load0 = step(PointwiseCode::Load, 0, 0, 0);
  const auto load1 = step(PointwiseCode::Load, 0, 1, 0);
  const auto add = step(PointwiseCode::ElementWise, ElementWiseKind::Add, 0, 1);
  EXPECT_EQ(shape(Pointwise{{load0, load1, add}}, {f32({n, 3}), f32({3})}), "[N, 3]");
  EXPECT_THAT(shape(Pointwise{{load0, add}}, {f32({3}), f32({3})}), HasSubstr("not there yet"));
  EXPECT_THAT(shape(Pointwise{{load1}}, {f32({3})}), HasSubstr("not there yet"));
  EXPECT_THAT(shape(Pointwise{}, {f32({3})}), HasSubstr("no steps"));
  EXPECT_THAT(
      shape(Pointwise{{load0, step(PointwiseCode::Unary, UnaryKind::Not, 0, 0)}}, {f32({3})}),
      HasSubstr("no unary of real numbers"));
  EXPECT_THAT(shape(Pointwise{{load0, step(PointwiseCode::Activation, 200, 0, 0)}}, {f32({3})}),
              HasSubstr("no activation of real numbers"));
}

TEST_F(Rules, ReductionsDropOrKeepAxes) {
  const auto* x = f32({n, 3, h});
  EXPECT_EQ(shape(Reduce{ReduceKind::Sum, {1, 2}, true}, {x}), "[N, 1, 1]");
  EXPECT_EQ(shape(Reduce{ReduceKind::Sum, {0, 2}, false}, {x}), "[3]");
  EXPECT_EQ(shape(Reduce{ReduceKind::Sum, {}, false}, {x}), "[N, 3, H]");
  EXPECT_THAT(shape(Reduce{ReduceKind::Sum, {2, 1}, true}, {x}), HasSubstr("must ascend"));
  EXPECT_THAT(shape(Reduce{ReduceKind::Sum, {3}, true}, {x}), HasSubstr("axis 3"));
  EXPECT_THAT(shape(Reduce{ReduceKind::L2, {0}, true}, {type(DType::I32, {2})}),
              HasSubstr("floating type"));
  const auto* c = f32({3});
  EXPECT_EQ(shape(BatchNorm{}, {x, c, c, c, c}), "[N, 3, H]");
  EXPECT_THAT(shape(BatchNorm{}, {x, c, c, f32({4}), c}), HasSubstr("vector of the 3 channels"));
}

TEST_F(Rules, MovementsCheckTheirAxes) {
  const auto* x = f32({n, 16, 4, 4});
  EXPECT_EQ(shape(Reshape{{n, 256}}, {x}), "[N, 256]");
  EXPECT_THAT(shape(Reshape{{5, 5}}, {f32({4, 6})}), HasSubstr("24 elements and cannot become"));
  EXPECT_EQ(shape(Transpose{{0, 2, 3, 1}}, {x}), "[N, 4, 4, 16]");
  EXPECT_THAT(shape(Transpose{{0, 2, 2, 1}}, {x}), HasSubstr("names an axis twice"));
  EXPECT_THAT(shape(Transpose{{0, 1}}, {x}), HasSubstr("perm has 2 entries"));
  EXPECT_EQ(shape(Concat{1}, {x, f32({2, h, 4, 4})}), "[2, (H + 16), 4, 4]");
  EXPECT_THAT(shape(Concat{1}, {x, f32({n, 16, 4, 5})}), HasSubstr("differ outside axis 1"));
  EXPECT_THAT(shape(Concat{0}, {}), HasSubstr("0 inputs"));
  EXPECT_EQ(shape(Slice{{0, 15}, {n, 4}, {1, -2}}, {f32({n, 16})}), "[N, 4]");
  EXPECT_THAT(shape(Slice{{0}, {4}, {2}}, {f32({7})}), "[4]");
  EXPECT_THAT(shape(Slice{{0}, {5}, {2}}, {f32({7})}), HasSubstr("whose extent is 7"));
  EXPECT_THAT(shape(Slice{{0}, {2}, {0}}, {f32({7})}), HasSubstr("step of axis 0 is 0"));
  EXPECT_EQ(shape(Gather{1}, {x, type(DType::I32, {2, 3})}), "[N, 2, 3, 4, 4]");
  EXPECT_THAT(shape(Gather{0}, {f32({3}), numbers({1, -4})}),
              HasSubstr("index -4 is out of range"));
  EXPECT_THAT(shape(Gather{0}, {f32({3}), f32({1})}), HasSubstr("i32 or i64"));
  EXPECT_EQ(shape(Expand{{n, 3, h}}, {f32({3, 1})}), "[N, 3, H]");
  EXPECT_THAT(shape(Expand{{4}}, {f32({3})}), HasSubstr("does not broadcast to [4]"));
  EXPECT_EQ(shape(Pad{{0, 2}, {1, -1}, PadMode::Constant, 0}, {f32({n, 4})}), "[(N + 1), 5]");
  EXPECT_THAT(shape(Pad{{4}, {0}, PadMode::Reflect, 0}, {f32({4})}),
              HasSubstr("need at least 5 elements"));
}

}  // namespace
}  // namespace tenon::ops
