// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameters survive the way through bytes, and damaged bytes are refused.
#include "ops/op.h"

#include <gmock/gmock.h>

#include "ops/rule_test.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;

Convolution convolution() {
  Convolution op;
  op.kernel = {3, 5};
  op.strides = {2, 1};
  op.pads_begin = {1, 2};
  op.pads_end = {0, 2};
  op.dilations = {1, 1};
  op.groups = 4;
  op.activation = {ActivationKind::Clip, 0, 6};
  return op;
}

Pointwise chain() {
  return {{{PointwiseCode::Load, 0, 0, 0, 0, 0},
           {PointwiseCode::Activation, static_cast<int64_t>(ActivationKind::Elu), 0, 0, 0.5F, 0}}};
}

TEST(Op, EveryRowHasItsOwnName) {
  std::vector<std::string_view> names;
#define TENON_OP(Struct, text, layer) names.push_back(name_of(Op{Struct{}}));
#include "ops/ops.def"
#undef TENON_OP
  EXPECT_EQ(names.size() + 1, std::variant_size_v<Op>);
  EXPECT_EQ(name_of(Op{convolution()}), "convolution");
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

template <class Struct>
void expect_round_trip(const Struct& op) {
  const auto bytes = pack(op);
  ASSERT_TRUE(bytes.ok());
  const auto back = unpack<Struct>(*bytes);
  ASSERT_TRUE(back.ok()) << name_of(op);
  EXPECT_TRUE(same_parameters(op, *back)) << name_of(op);
  for (size_t size = 0; size < bytes->size(); ++size) {
    EXPECT_EQ(unpack<Struct>(std::span(*bytes).first(size)).status().code, Code::InvalidPlan);
  }
  Bytes longer = *bytes;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(unpack<Struct>(longer).ok()) << name_of(op);
}

TEST(Op, ParametersComeBackFromTheirBytes) {
  expect_round_trip(convolution());
  Resize resize;
  resize.scales = {{1}, {2.5F}};
  resize.target = {4, 10};
  expect_round_trip(resize);
  expect_round_trip(chain());
  expect_round_trip(Slice{{1, 2}, {3, 4}, {1, -1}});
  expect_round_trip(Cast{DType::I64});
  expect_round_trip(Reduce{ReduceKind::Mean, {1, 2}, false});
  expect_round_trip(Pad{{0, 1}, {2, -3}, PadMode::Reflect, 0.5F});
  expect_round_trip(Identity{});
}

TEST(Op, RecordsMayGoOnBehindTheParameters) {
  Bytes bytes = *pack(convolution());
  bytes.push_back(std::byte{7});
  ByteReader reader(bytes);
  EXPECT_TRUE(unpack<Convolution>(reader).ok());
  EXPECT_EQ(reader.take<uint8_t>(), 7);
}

TEST(Op, SymbolicExtentsComeBackAsNotConstant) {
  expr::SymbolTable symbols;
  const auto bytes = pack(Reshape{{symbols.named("N"), 256}});
  ASSERT_TRUE(bytes.ok());
  const auto back = unpack<Reshape>(*bytes);
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->target.size(), 2U);
  EXPECT_FALSE(back->target[0].is_constant());
  EXPECT_EQ(back->target[1], expr::Expr(256));
}

TEST(Op, ExpressionsTooDeepForCodeAreRefused) {
  expr::SymbolTable symbols;
  expr::Expr deep = symbols.named("a");
  for (int i = 0; i < 2 * expr::kMaxStack; ++i) {
    deep = combine(expr::Op::Sub, symbols.named("b" + std::to_string(i)), deep);
  }
  EXPECT_EQ(pack(Reshape{{deep}}).status().code, Code::Unsupported);
}

TEST(Op, NumbersOutsideAnEnumerationAreRefused) {
  Bytes bytes = *pack(Softmax{1, true});
  bytes.back() = std::byte{2};
  EXPECT_FALSE(unpack<Softmax>(bytes).ok());
  bytes = *pack(Cast{DType::F32});
  bytes[0] = std::byte{kDTypeCount};
  EXPECT_FALSE(unpack<Cast>(bytes).ok());
  bytes = *pack(Unary{});
  bytes[0] = std::byte{200};
  EXPECT_FALSE(unpack<Unary>(bytes).ok());
}

TEST(Op, EveryFlippedByteIsRefusedOrReadsAsAnotherOperator) {
  const Bytes bytes = *pack(convolution());
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = bytes;
      damaged[i] ^= std::byte{1} << bit;
      const auto back = unpack<Convolution>(damaged);
      if (back.ok()) {
        EXPECT_EQ(*pack(*back), damaged);
      }
    }
  }
}

TEST(Op, SameParametersLooksAtKindNumbersAndConstants) {
  Convolution other = convolution();
  EXPECT_TRUE(same_parameters(convolution(), other));
  other.groups = 2;
  EXPECT_FALSE(same_parameters(convolution(), other));
  EXPECT_FALSE(same_parameters(Identity{}, Shape{}));
  const float values[] = {1, 2}, others[] = {1, 3};
  const Constant a{ConstantData::of<float>({2}, values)}, b{ConstantData::of<float>({2}, values)};
  EXPECT_TRUE(same_parameters(a, b));
  EXPECT_FALSE(same_parameters(a, Constant{ConstantData::of<float>({2}, others)}));
  EXPECT_FALSE(same_parameters(a, Constant{ConstantData::of<float>({2, 1}, values)}));
}

using Door = RuleTest;

TEST_F(Door, ImpossibleOutputsAreRefused) {
  EXPECT_THAT(shape(Expand{expr::Shape(9, 1)}, {f32({1})}), HasSubstr("rank 9"));
  EXPECT_THAT(shape(Reshape{{n, -1}}, {f32({n, h})}), HasSubstr("impossible shape [N, -1]"));
  EXPECT_THAT(shape(Expand{expr::Shape(4, int64_t{1} << 31)}, {f32({1})}),
              HasSubstr("impossible shape"));
}

TEST_F(Door, SentencesNameTheOperator) {
  EXPECT_EQ(shape(Softmax{2, false}, {f32({n, 3})}),
            "operator \"softmax\": axis 2 is not an axis of an input of rank 2");
  EXPECT_THAT(shape(Nothing{}, {}), HasSubstr("without an operator"));
  EXPECT_THAT(shape(Foreign{}, {}), HasSubstr("no plugin"));
}

}  // namespace
}  // namespace tenon::ops
