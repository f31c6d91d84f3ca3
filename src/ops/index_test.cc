// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of searches, scatters, samples and recurrent layers, and what their rules
// refuse.
#include <gmock/gmock.h>

#include "ops/rule_test.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;

class IndexRules : public RuleTest {
 protected:
  const TensorType* i64(expr::Shape shape) { return type(DType::I64, std::move(shape)); }
};

TEST_F(IndexRules, TopKCutsAnAxis) {
  const TopK op{{3}, 1, true, false, DType::I32};
  EXPECT_EQ(shape(op, {f32({n, 5})}), "[N, 3]");
  EXPECT_EQ(outputs[1].dtype, DType::I32);
  EXPECT_EQ(shape(op, {f32({n, h})}), "[N, 3]");
  EXPECT_THAT(shape(op, {f32({n, 2})}), HasSubstr("whose extent is 2"));
  EXPECT_THAT(shape(TopK{{3}, 2, true, false, DType::I32}, {f32({n, 5})}), HasSubstr("axis 2"));
  EXPECT_THAT(shape(TopK{{3}, 1, true, false, DType::F32}, {f32({n, 5})}), HasSubstr("i32 or i64"));
}

TEST_F(IndexRules, SizesOfARunHaveAGreatestAndATeller) {
  const TensorType* x = f32({n, 4});
  const std::vector<const TensorType*> inputs{x};
  const std::vector<const ConstantData*> constants(1);
  Inference inference{inputs, constants, symbols, diag, {}};
  ASSERT_TRUE(infer(Op{NonZero{DType::I64}}, inference).ok()) << said();
  ASSERT_EQ(inference.sizes.size(), 1U);
  EXPECT_EQ(inference.sizes[0].output, 1U);
  EXPECT_EQ(expr::to_string(*symbols[inference.sizes[0].symbol].upper, symbols), "(N * 4)");
  EXPECT_TRUE(tells_sizes(Op{Unique{}}));
  EXPECT_FALSE(tells_sizes(Op{TopK{}}));
}

TEST_F(IndexRules, ScattersNeedUpdatesOfTheIndicesShape) {
  const Scatter elements{ScatterMode::Elements, 0, ScatterReduction::None};
  EXPECT_EQ(shape(elements, {f32({n, 4}), i64({2, 3}), f32({2, 3})}), "[N, 4]");
  EXPECT_THAT(shape(elements, {f32({n, 4}), i64({2, 3}), f32({2, 4})}),
              HasSubstr("input 2 has shape [2, 4], but must have [2, 3]"));
  EXPECT_THAT(shape(elements, {f32({n, 4}), i64({2, 5}), f32({2, 5})}),
              HasSubstr("no greater extents but along axis 0"));
  const Scatter slices{ScatterMode::Nd, 0, ScatterReduction::Add};
  EXPECT_EQ(shape(slices, {f32({n, 4}), i64({7, 1}), f32({7, 4})}), "[N, 4]");
  EXPECT_THAT(shape(slices, {f32({n, 4}), i64({7, 3}), f32({7})}), HasSubstr("at most 2"));
  EXPECT_THAT(shape(slices, {f32({n, 4}), i64({7, h}), f32({7})}), HasSubstr("a fixed extent"));
}

TEST_F(IndexRules, GathersFollowTheirIndices) {
  EXPECT_EQ(shape(GatherElements{1}, {f32({n, 4}), i64({2, 9})}), "[2, 9]");
  EXPECT_EQ(shape(GatherNd{1}, {f32({n, 4, 5}), i64({n, 3, 1})}), "[N, 3, 5]");
  EXPECT_THAT(shape(GatherNd{2}, {f32({n, 4}), i64({n, 4})}), HasSubstr("2 batch axes"));
  EXPECT_EQ(shape(OneHot{1, {h}}, {i64({n, 3}), f32({2})}), "[N, H, 3]");
}

TEST_F(IndexRules, SamplesAndRegions) {
  EXPECT_EQ(shape(GridSample{}, {f32({n, 3, h, 8}), f32({n, 5, 6, 2})}), "[N, 3, 5, 6]");
  EXPECT_THAT(shape(GridSample{}, {f32({n, 3, h, 8}), f32({n, 5, 6, 3})}), HasSubstr("[N, C,"));
  EXPECT_THAT(
      shape(RoiAlign{false, true, 1 << 20, 1, 0, 1}, {f32({1, 3, 8, 8}), f32({2, 4}), i64({2})}),
      HasSubstr("make no sense"));
  EXPECT_THAT(shape(NonMaxSuppression{}, {f32({1, 5, 4}), f32({1, 2, 6})}),
              HasSubstr("[batch, classes, boxes]"));
}

TEST_F(IndexRules, EinsumReadsItsEquation) {
  EXPECT_EQ(shape(Einsum{"bij, bjk -> bik"}, {f32({n, 3, h}), f32({n, h, 5})}), "[N, 3, 5]");
  EXPECT_EQ(shape(Einsum{"...ij->...ji"}, {f32({n, 2, 3})}), "[N, 3, 2]");
  EXPECT_EQ(shape(Einsum{"ij,jk"}, {f32({2, 3}), f32({3, 4})}), "[2, 4]");
  for (const char* wrong : {"ij,jk->", "ij->ik", "i->i", "ij,jk->iij", "ij->ji->i", "i1->i"}) {
    EXPECT_FALSE(ask(Einsum{wrong}, {f32({2, 3})})) << wrong;
  }
  EXPECT_THAT(shape(Einsum{"ij,jk->ik"}, {f32({2, 3}), f32({4, 5})}), HasSubstr("extents 3 and 4"));
}

TEST_F(IndexRules, RecurrentLayersHaveFixedRows) {
  Recurrent op;
  op.hidden = 3;
  EXPECT_EQ(shape(op, {f32({h, n, 5}), f32({1, 12, 5}), f32({1, 12, 3})}), "[H, 1, N, 3]");
  EXPECT_EQ(outputs.size(), 3U);
  EXPECT_THAT(shape(op, {f32({h, n, 5}), f32({1, 12, 4}), f32({1, 12, 3})}),
              HasSubstr("W (input 1) has shape [1, 12, 4], but must have [1, 12, 5]"));
}

TEST_F(IndexRules, WhatTheInterfaceRearranges) {
  EXPECT_EQ(shape(Shuffle{{1, 0}, {6, n}, {1, 0}}, {f32({n, 6})}), "[N, 6]");
  EXPECT_THAT(shape(Shuffle{{0, 0}, {6, n}, {1, 0}}, {f32({n, 6})}), HasSubstr("is no order"));
  EXPECT_THAT(shape(Squeeze{{1}}, {f32({n, 6})}), HasSubstr("cannot be squeezed"));
  EXPECT_EQ(shape(Unsqueeze{{0, 2}}, {f32({n})}), "[1, N, 1]");
  EXPECT_THAT(shape(Fill{FillKind::Linspace, {2, 3}, DType::F32, 0, 1, 0}, {}),
              HasSubstr("needs a step for each"));
  EXPECT_THAT(shape(Deconvolution{{3}, {2}, {0}, {0}, {1}, 2}, {f32({n, 3, h}), f32({3, 4, 3})}),
              HasSubstr("do not suit"));
  EXPECT_EQ(shape(Deconvolution{{3}, {2}, {1}, {1}, {1}, 1}, {f32({n, 3, 4}), f32({3, 4, 3})}),
            "[N, 4, 7]");
}

}  // namespace
}  // namespace tenon::ops
