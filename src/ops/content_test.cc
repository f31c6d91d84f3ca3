// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shape arithmetic is followed element by element, as models write it.
#include <gmock/gmock.h>

#include "ops/rule_test.h"
#include "ops/small_floats.h"

namespace tenon::ops {
namespace {

using testing::HasSubstr;
using Following = RuleTest;

TEST_F(Following, AFlattenOfADynamicBatch) {
  ASSERT_TRUE(ask(Shape{}, {f32({n, 16, h, 4})}));
  const TensorType extents = outputs[0];
  EXPECT_EQ(extents.dtype, DType::I64);
  EXPECT_EQ(content(Slice{{0}, {1}, {1}}, {&extents}), "[N]");
  EXPECT_EQ(content(Slice{{3}, {4}, {-1}}, {&extents}), "[4, H, 16, N]");
  EXPECT_EQ(content(Gather{0}, {&extents, numbers({0, -2})}), "[N, H]");
  const auto* first = follow({}, {n});
  EXPECT_EQ(content(Reshape{{1}}, {first}), "[N]");
  EXPECT_EQ(content(Concat{0}, {follow({1}, {n}), numbers({-1})}), "[N, -1]");
  EXPECT_EQ(content(Reduce{ReduceKind::Prod, {0}, false}, {&extents}), "[((N * H) * 64)]");
}

TEST_F(Following, Arithmetic) {
  const auto* a = follow({2}, {n, 7});
  const auto* two = follow({}, {2});
  const auto binary = [&](ElementWiseKind kind) { return content(ElementWise{kind}, {a, two}); };
  EXPECT_EQ(binary(ElementWiseKind::Add), "[(N + 2), 9]");
  EXPECT_EQ(binary(ElementWiseKind::Sub), "[(N + -2), 5]");
  EXPECT_EQ(binary(ElementWiseKind::Mul), "[(N * 2), 14]");
  EXPECT_EQ(binary(ElementWiseKind::Div), "[floor(N / 2), 3]");
  EXPECT_EQ(binary(ElementWiseKind::Mod), "[(N - (floor(N / 2) * 2)), 1]");
  EXPECT_EQ(binary(ElementWiseKind::Max), "[max(N, 2), 7]");
  EXPECT_EQ(binary(ElementWiseKind::Equal), "[(N == 2), 0]");
  EXPECT_EQ(binary(ElementWiseKind::Less), "[(N < 2), 0]");
  EXPECT_EQ(binary(ElementWiseKind::Pow), "unknown");
  EXPECT_EQ(content(Unary{UnaryKind::Neg}, {numbers({3, -4})}), "[-3, 4]");
  EXPECT_EQ(content(ElementWise{}, {a, type(DType::I64, {2})}), "unknown");
}

TEST_F(Following, DivisionRoundsTowardsZeroLikeTheKernels) {
  EXPECT_EQ(content(ElementWise{ElementWiseKind::Div}, {numbers({-7, 7}), numbers({2, -2})}),
            "[-3, -3]");
  ASSERT_TRUE(ask(ElementWise{ElementWiseKind::Div}, {follow({}, {n - 5}), follow({}, {2})}));
  const expr::Expr quotient = outputs[0].content->at(0);
  for (int64_t value = 0; value < 12; ++value) {
    const int64_t values[] = {value, 0};
    EXPECT_EQ(expr::evaluate(quotient, values), (value - 5) / 2);
  }
  EXPECT_EQ(content(ElementWise{ElementWiseKind::Div}, {numbers({1}), numbers({0})}), "unknown");
}

TEST_F(Following, SelectionExpansionAndConversion) {
  const auto* condition = follow({2}, {1, 0}, DType::Bool);
  EXPECT_EQ(content(Select{}, {condition, follow({2}, {n, 1}), follow({}, {h})}), "[N, H]");
  EXPECT_EQ(content(Expand{{2, 2}}, {follow({2, 1}, {n, 5})}), "[N, N, 5, 5]");
  EXPECT_EQ(content(Cast{DType::I32}, {follow({1}, {n})}), "[N]");
  EXPECT_EQ(content(Cast{DType::I8}, {numbers({127, -128})}), "[127, -128]");
  EXPECT_EQ(content(Cast{DType::I8}, {numbers({128})}), "unknown");
  EXPECT_EQ(content(Cast{DType::Bool}, {follow({2}, {n, 3})}), "[(1 - (N == 0)), 1]");
  EXPECT_EQ(content(Cast{DType::F32}, {numbers({1})}), "unknown");
  EXPECT_EQ(content(Unary{UnaryKind::Not}, {condition}), "[0, 1]");
}

TEST_F(Following, OnlySmallIntegerConstants) {
  const int32_t values[] = {4, -5};
  EXPECT_EQ(content(Constant{ConstantData::of<int32_t>({2}, values)}, {}), "[4, -5]");
  const float reals[] = {4};
  EXPECT_EQ(content(Constant{ConstantData::of<float>({1}, reals)}, {}), "unknown");
  const std::vector<int64_t> many(kMaxContent + 1);
  EXPECT_EQ(content(Constant{ConstantData::of<int64_t>({kMaxContent + 1}, many)}, {}), "unknown");
  EXPECT_EQ(content(Expand{{kMaxContent + 1}}, {follow({1}, {n})}), "unknown");
}

TEST_F(Following, ConstantsMustHaveTheBytesTheirShapeNeeds) {
  const std::byte bytes[6] = {};
  EXPECT_THAT(shape(Constant{ConstantData::copy(DType::I32, {2}, bytes)}, {}),
              HasSubstr("takes 8 bytes, but 6 are given"));
  EXPECT_THAT(shape(Constant{}, {}), HasSubstr("no data"));
}

TEST(ConstantData, ReadsElementsOfEveryTypeWithoutAlignment) {
  const std::byte bytes[] = {std::byte{0xff}, std::byte{0x00}, std::byte{0x3c}, std::byte{0xfe},
                             std::byte{0xff}, std::byte{0xff}, std::byte{0xff}};
  const auto view = [&](DType type, size_t at) {
    return ConstantData(type, {1}, std::span(bytes).subspan(at), nullptr);
  };
  EXPECT_EQ(view(DType::F16, 1).real(0), 1.0);
  EXPECT_EQ(view(DType::I32, 3).integer(0), -2);
  EXPECT_EQ(view(DType::I8, 0).integer(0), -1);
  EXPECT_EQ(view(DType::U8, 0).integer(0), 255);
  EXPECT_EQ(view(DType::Bool, 0).integer(0), 1);
  EXPECT_EQ(view(DType::I4, 3).integer(0), -2);
  EXPECT_EQ(view(DType::I4, 3).integer(1), -1);
  EXPECT_EQ(view(DType::F8E4M3, 2).real(0), 1.5);
}

TEST(SmallFloats, TinyOnesComeBackFromFloats) {
  for (unsigned code = 0; code < 256; ++code) {
    const auto bits = static_cast<uint8_t>(code);
    if (const float value = F8E4M3::decode(bits); value == value) {
      EXPECT_EQ(F8E4M3::encode(value), bits);
    }
    if (const float value = F8E5M2::decode(bits); value == value && std::isfinite(value)) {
      EXPECT_EQ(F8E5M2::encode(value), bits);
    }
    if (code < 16) {
      EXPECT_EQ(F4E2M1::encode(F4E2M1::decode(bits)), bits);
    }
    if (code < 255) {
      EXPECT_EQ(float_to_f8e8m0(f8e8m0_to_float(bits)), bits);
    }
  }
  EXPECT_EQ(F8E4M3::encode(HUGE_VALF, false), 0x7f);
  EXPECT_EQ(F8E5M2::encode(HUGE_VALF, false), 0x7c);
  EXPECT_EQ(F8E5M2::encode(HUGE_VALF), 0x7b);
  EXPECT_TRUE(std::isnan(F8E5M2::decode(F8E5M2::encode(std::nanf("")))));
  EXPECT_EQ(float_to_f8e8m0(5.0F, false), 129);
  EXPECT_EQ(float_to_f8e8m0(-1.0F), 0xff);
}

TEST(SmallFloats, HalvesComeBackFromFloats) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) continue;
    ASSERT_EQ(float_to_half(value), half) << value;
    const float truncated = bf16_to_float(half);
    if (!std::isnan(truncated)) {
      ASSERT_EQ(float_to_bf16(truncated), half);
    }
  }
  EXPECT_EQ(half_to_float(float_to_half(1.0F + 0x1p-11F)), 1.0F);  // a tie, to even
  EXPECT_EQ(half_to_float(float_to_half(1.0F + 0x1.8p-10F)), 1.0F + 0x1p-9F);
  EXPECT_TRUE(std::isinf(half_to_float(float_to_half(65520.0F))));
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::nanf("")))));
}

}  // namespace
}  // namespace tenon::ops
