// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Moved elements arrive where the operators' definitions say.
#include <gmock/gmock.h>

#include "backends/ref/ref_test.h"

namespace tenon::ref {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RefMovement, ReshapeIdentityTransposeExpand) {
  const auto x = counting({2, 3});
  EXPECT_THAT(results(ops::Reshape{{3, 2}}, {x}), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(results(ops::Identity{}, {x}), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(results(ops::Transpose{{1, 0}}, {x}), ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(results(ops::Transpose{{2, 0, 1}}, {counting({2, 2, 2})}),
              ElementsAre(0, 2, 4, 6, 1, 3, 5, 7));
  EXPECT_THAT(results(ops::Expand{{2, 2, 2}}, {tensor({2, 1}, {3, 4})}),
              ElementsAre(3, 3, 4, 4, 3, 3, 4, 4));
  EXPECT_THAT(results(ops::Expand{{0, 2}}, {tensor({2}, {3, 4})}), IsEmpty());
}

TEST(RefMovement, ConcatJoinsInOrder) {
  EXPECT_THAT(results(ops::Concat{1}, {counting({2, 1}), counting({2, 2}), tensor({2, 0}, {})}),
              ElementsAre(0, 0, 1, 1, 2, 3));
  EXPECT_THAT(results(ops::Concat{0}, {tensor<int64_t>({1}, {7}), tensor<int64_t>({2}, {8, 9})}),
              ElementsAre(7, 8, 9));
}

TEST(RefMovement, SliceStepsEitherWay) {
  const auto x = counting({2, 5});
  EXPECT_THAT(results(ops::Slice{{0, 1}, {2, 2}, {1, 2}}, {x}), ElementsAre(1, 3, 6, 8));
  EXPECT_THAT(results(ops::Slice{{1, 4}, {2, 3}, {-1, -2}}, {x}), ElementsAre(9, 7, 5, 4, 2, 0));
  EXPECT_THAT(results(ops::Slice{{0, 0}, {2, 0}, {1, 1}}, {x}), IsEmpty());
}

TEST(RefMovement, GatherPicksAlongItsAxisAndFailsOutside) {
  const auto x = counting({2, 3});
  EXPECT_THAT(results(ops::Gather{1}, {x, tensor<int64_t>({2}, {2, -3})}), ElementsAre(2, 0, 5, 3));
  EXPECT_THAT(results(ops::Gather{0}, {x, tensor<int32_t>({}, {-1})}), ElementsAre(3, 4, 5));
  EXPECT_EQ(compute(ops::Gather{0}, {x, tensor<int64_t>({1}, {2})}), nullptr);
  // More indices than the rule looks at: the run itself refuses.
  std::vector<int64_t> many(ops::kMaxContent + 1);
  many.back() = -3;
  EXPECT_EQ(compute(ops::Gather{0}, {x, tensor<int64_t>({ops::kMaxContent + 1}, many)}), nullptr);
}

TEST(RefMovement, PadEveryMode) {
  const auto x = tensor({3}, {1, 2, 3});
  using ops::PadMode;
  EXPECT_THAT(results(ops::Pad{{2}, {1}, PadMode::Constant, 9}, {x}),
              ElementsAre(9, 9, 1, 2, 3, 9));
  EXPECT_THAT(results(ops::Pad{{2}, {1}, PadMode::Edge, 9}, {x}), ElementsAre(1, 1, 1, 2, 3, 3));
  EXPECT_THAT(results(ops::Pad{{2}, {1}, PadMode::Reflect, 9}, {x}), ElementsAre(3, 2, 1, 2, 3, 2));
  EXPECT_THAT(results(ops::Pad{{-1}, {1}, PadMode::Edge, 0}, {x}), ElementsAre(2, 3, 3));
  EXPECT_THAT(results(ops::Pad{{-1}, {1}, PadMode::Reflect, 0}, {x}), ElementsAre(2, 3, 2));
  EXPECT_THAT(results(ops::Pad{{0, -1}, {1, 0}, PadMode::Constant, 0.5F}, {counting({1, 3})}),
              ElementsAre(1, 2, 0.5, 0.5));
}

TEST(RefMovement, ShapeAndConstant) {
  EXPECT_THAT(results(ops::Shape{}, {counting({2, 1, 3})}), ElementsAre(2, 1, 3));
  EXPECT_THAT(results(ops::Constant{tensor({2}, {5, 6})}, {}), ElementsAre(5, 6));
}

TEST(RefMovement, ReadsConstantsFromAnyAddress) {
  std::vector<std::byte> bytes(1 + 2 * sizeof(float));
  const float values[] = {3, 4};
  std::memcpy(bytes.data() + 1, values, sizeof(values));
  const auto data = std::make_shared<const ops::ConstantData>(
      DType::F32, Dims{2}, std::span<const std::byte>(bytes).subspan(1), nullptr);
  EXPECT_THAT(results(ops::Activation{ops::ActivationKind::LeakyRelu, 1}, {data}),
              ElementsAre(3, 4));
}

}  // namespace
}  // namespace tenon::ref
