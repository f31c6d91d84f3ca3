// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of operators on small integers, and what their rules refuse.
#include <gmock/gmock.h>

#include "ops/rule_test.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;

class QuantizedRules : public RuleTest {
 protected:
  const TensorType* i8(expr::Shape shape) { return type(DType::I8, std::move(shape)); }
  const TensorType* u8(expr::Shape shape) { return type(DType::U8, std::move(shape)); }

  static Convolution window() {
    Convolution op;
    op.kernel = {3, 3};
    op.strides = op.dilations = {1, 1};
    op.pads_begin = op.pads_end = {0, 0};
    return op;
  }
};

TEST_F(QuantizedRules, ConvolutionsHaveTheRealShapeAndTheirOwnType) {
  const QuantConvolution op{window(), {0.5F, 3}, {}, {0.25F, 0}, DType::U8, false, {}};
  const auto *x = u8({n, 4, 8, 8}), *w = i8({6, 4, 3, 3}), *scale = f32({6});
  EXPECT_EQ(shape(op, {x, w, nullptr, nullptr, scale}), "[N, 6, 6, 6]");
  EXPECT_EQ(outputs[0].dtype, DType::U8);
  EXPECT_EQ(shape(op, {x, w, f32({6}), i8({n, 6, 6, 6}), f32({1})}), "[N, 6, 6, 6]");
  EXPECT_THAT(shape(op, {x, w, nullptr, nullptr, f32({4})}), HasSubstr("one an output channel"));
  EXPECT_THAT(shape(op, {x, w}), HasSubstr("the weights' scale, is missing"));
  EXPECT_THAT(shape(op, {x, u8({6, 4, 3, 3}), nullptr, nullptr, scale}), HasSubstr("must be i8"));
  EXPECT_THAT(shape(op, {f32({n, 4, 8, 8}), w, nullptr, nullptr, scale}), HasSubstr("i8 or u8"));
}

TEST_F(QuantizedRules, GridsArePositiveAndWithinTheIntegers) {
  const auto *x = i8({n, 4}), *w = i8({4, 6}), *scale = f32({6});
  QuantMatMul op{{}, {0.5F, 0}, {0.25F, 0}, DType::F32};
  EXPECT_EQ(shape(op, {x, w, f32({6}), nullptr, scale}), "[N, 6]");
  EXPECT_EQ(outputs[0].dtype, DType::F32);
  op.x.scale = 0;
  EXPECT_THAT(shape(op, {x, w, nullptr, nullptr, scale}), HasSubstr("the input has scale 0"));
  op.x = {1, 300};
  EXPECT_THAT(shape(op, {x, w, nullptr, nullptr, scale}), HasSubstr("zero point 300"));
  op.x = {};
  op.to = DType::I32;
  EXPECT_THAT(shape(op, {x, w, nullptr, nullptr, scale}), HasSubstr("cannot give i32"));
  op.to = DType::I8;
  EXPECT_THAT(shape(op, {x, w, nullptr, i8({n, 6}), scale}), HasSubstr("no residual"));
}

TEST_F(QuantizedRules, SumsAddWhatBroadcasts) {
  const QuantSum op{{ActivationKind::Relu}, {}, {}, {}, DType::U8};
  EXPECT_EQ(shape(op, {i8({n, 4}), u8({n, 4})}), "[N, 4]");
  EXPECT_EQ(shape(op, {i8({n, 4})}), "[N, 4]");
  EXPECT_THAT(shape(op, {i8({n, 4}), i8({n, 5})}), HasSubstr("inputs have shapes"));
}

TEST_F(QuantizedRules, SumsRoundedBetweenAreIntegers) {
  QuantConvolution op{window(), {0.5F, 3}, {0.5F, 0}, {0.25F, 0}, DType::U8, true, {0.125F, 7}};
  const auto *x = u8({n, 4, 8, 8}), *w = i8({6, 4, 3, 3}), *scale = f32({6});
  const auto* residual = u8({n, 6, 6, 6});
  EXPECT_EQ(shape(op, {x, w, nullptr, residual, scale}), "[N, 6, 6, 6]");
  op.between.scale = -1;
  EXPECT_THAT(shape(op, {x, w, nullptr, residual, scale}), HasSubstr("before the residual"));
  op.between.scale = 1;
  op.to = DType::F32;
  EXPECT_THAT(shape(op, {x, w, nullptr, residual, scale}), HasSubstr("must give i8 or u8"));
}

TEST_F(QuantizedRules, AveragesHaveTheRealShapeAndTheirOwnType) {
  QuantPooling op{{PoolingKind::Average, {2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, false, false},
                  {0.5F, 3},
                  {0.25F, 1},
                  DType::U8};
  EXPECT_EQ(shape(op, {i8({n, 4, 8, 8})}), "[N, 4, 4, 4]");
  EXPECT_EQ(outputs[0].dtype, DType::U8);
  EXPECT_THAT(shape(op, {f32({n, 4, 8, 8})}), HasSubstr("i8 or u8"));
  op.pooling.kind = PoolingKind::Max;
  EXPECT_THAT(shape(op, {i8({n, 4, 8, 8})}), HasSubstr("is no average"));
}

}  // namespace
}  // namespace tenon::ops
