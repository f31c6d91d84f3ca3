// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic on extents, with numbers alone and with expressions.
#include <gtest/gtest.h>
#include <tenon/quick/shapes.h>

#include <memory>

namespace {

using tenon::quick::ceil_div;
using tenon::quick::Extent;

/// An expression that is a number.
class Number final : public nvinfer1::IDimensionExpr, public nvinfer1::apiv::VDimensionExpr {
 public:
  explicit Number(int64_t value) : value_(value) { mImpl = this; }
  bool isConstant() const override { return true; }
  int64_t getConstantValue() const override { return value_; }
  bool isSizeTensor() const override { return false; }

 private:
  int64_t value_;
};

/// Computes at once what it is asked for.
class Calculator final : public nvinfer1::IExprBuilder, public nvinfer1::apiv::VExprBuilder {
 public:
  Calculator() { mImpl = this; }
  nvinfer1::IDimensionExpr const* constant(int64_t value) override {
    return &*numbers_.emplace_back(std::make_unique<Number>(value));
  }
  nvinfer1::IDimensionExpr const* operation(nvinfer1::DimensionOperation op,
                                            nvinfer1::IDimensionExpr const& first,
                                            nvinfer1::IDimensionExpr const& second) override {
    ++operations;
    auto const result = Extent::of(op, first.getConstantValue(), second.getConstantValue());
    return &result.in(*this);
  }
  nvinfer1::IDimensionExpr const* declareSizeTensor(int32_t, nvinfer1::IDimensionExpr const&,
                                                    nvinfer1::IDimensionExpr const&) override {
    return nullptr;
  }
  int operations = 0;

 private:
  std::vector<std::unique_ptr<Number>> numbers_;
};

class QuickShapes : public testing::Test {
 protected:
  int64_t value(Extent const& extent) { return extent.in(calculator_).getConstantValue(); }
  Extent known(int64_t number) { return {calculator_, *calculator_.constant(number)}; }
  Calculator calculator_;
};

TEST_F(QuickShapes, ComputesNumbersWithoutABuilder) {
  EXPECT_EQ(value(Extent(7) / 2 + 1), 4);
  EXPECT_EQ(value(ceil_div(7, 2) * 3 - 1), 11);
  EXPECT_EQ(value(Extent(-7) / 2), -4);
  EXPECT_EQ(value(ceil_div(-7, 2)), -3);
  EXPECT_EQ(value(min(Extent(3), 4) + max(Extent(3), 4)), 7);
  EXPECT_EQ(calculator_.operations, 0);
  EXPECT_THROW(Extent(1) / 0, std::domain_error);
}

TEST_F(QuickShapes, HandsExpressionsToTheBuilder) {
  Extent const height = known(28);
  EXPECT_EQ(value((height + 2 - 3) / 2 + 1), 14);
  EXPECT_EQ(calculator_.operations, 4);
}

TEST_F(QuickShapes, RefusesWhatIsNotThere) {
  nvinfer1::DimsExprs input{};
  tenon::quick::Shapes shapes(&input, 1, nullptr, 0, 1, calculator_);
  EXPECT_EQ(shapes.inputs(), 1U);
  EXPECT_TRUE(shapes.input(0).empty());
  EXPECT_THROW(shapes.input(1), std::out_of_range);
  EXPECT_THROW(shapes.output(1), std::out_of_range);
  EXPECT_THROW(shapes.values(0), std::out_of_range);
  EXPECT_THROW(shapes.size_tensor(0, 1, 2), std::domain_error);
  shapes.output(0).assign(9, Extent(1));
  nvinfer1::DimsExprs output{};
  EXPECT_THROW(shapes.write(&output), std::out_of_range);
}

}  // namespace
