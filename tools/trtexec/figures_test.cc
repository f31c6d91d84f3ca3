// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Statistics, losses, elements and layouts, with numbers worked out by hand.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "tools/trtexec/elements.h"
#include "tools/trtexec/outputs.h"
#include "tools/trtexec/statistics.h"

namespace tenon::trtexec {
namespace {

using nvinfer1::DataType;
using testing::ElementsAre;

TEST(Statistics, OfAShuffledList) {
  const Statistics figures({4, 1, 3, 2});
  EXPECT_EQ(figures.least(), 1);
  EXPECT_EQ(figures.greatest(), 4);
  EXPECT_EQ(figures.mean(), 2.5);
  EXPECT_EQ(figures.median(), 2.5);
  EXPECT_EQ(figures.percentile(50), 2);
  EXPECT_EQ(figures.percentile(99), 4);
  EXPECT_EQ(figures.percentile(0), 1);
  EXPECT_DOUBLE_EQ(figures.variation(), std::sqrt(1.25) / 2.5);
}

double loss_of(Loss formula, const std::vector<double>& got, const std::vector<double>& expected) {
  InferenceOptions options;
  options.loss = formula;
  options.atol = 0.1;
  options.rtol = 0.01;
  return loss(got, expected, options);
}

TEST(Losses, EachFormula) {
  const std::vector<double> got{1, 2, 3, 104};
  const std::vector<double> expected{1, 2, 7, 103};
  EXPECT_DOUBLE_EQ(loss_of(Loss::L0, got, expected), 0.25);  // 104 lies within 0.1 + 0.01 * 103
  EXPECT_DOUBLE_EQ(loss_of(Loss::L1, got, expected), 5.0 / 4);
  EXPECT_DOUBLE_EQ(loss_of(Loss::L2, got, expected), std::sqrt(17.0 / 4));
  EXPECT_DOUBLE_EQ(loss_of(Loss::LInf, got, expected), 4);
  EXPECT_DOUBLE_EQ(loss_of(Loss::Cosine, {1, 0}, {0, 1}), 1);
  EXPECT_NEAR(loss_of(Loss::Cosine, {1, 2}, {2, 4}), 0, 1e-15);
}

TEST(Losses, NotANumberNeverPasses) {
  EXPECT_EQ(loss_of(Loss::L0, {NAN}, {1}), 1);
  EXPECT_TRUE(std::isnan(loss_of(Loss::LInf, {NAN, 1}, {1, 9})));
}

TEST(Elements, OfSmallTypes) {
  const uint16_t halves[] = {0x3C00, 0xC000, 0x0001};
  EXPECT_EQ(element(halves, DataType::kHALF, 0), 1);
  EXPECT_EQ(element(halves, DataType::kHALF, 1), -2);
  EXPECT_EQ(element(halves, DataType::kHALF, 2), std::ldexp(1, -24));
  const uint16_t brain[] = {0x3F80};
  EXPECT_EQ(element(brain, DataType::kBF16, 0), 1);
  EXPECT_EQ(bytes_of(DataType::kINT4, 3), 2U);
}

TEST(Elements, RandomNumbersStayInRange) {
  std::vector<uint16_t> halves(1000);
  fill_random(halves.data(), DataType::kHALF, 1000, 1);
  double sum = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    const double value = element(halves.data(), DataType::kHALF, i);
    ASSERT_LE(std::fabs(value), 1);
    sum += std::fabs(value);
  }
  EXPECT_NEAR(sum / 1000, 0.5, 0.05);
}

TEST(Bindings, ValuesOfChannelsLastAndOfVectors) {
  Binding binding;
  binding.type = DataType::kINT32;
  binding.dims = {3, {3, 1, 2}};
  binding.buffer.resize(8 * sizeof(int32_t));
  auto* data = static_cast<int32_t*>(binding.buffer.data());
  for (int32_t i = 0; i < 8; ++i) data[i] = i;
  binding.strides = {3, {1, 6, 3}};  // H, W, C
  EXPECT_THAT(values_of(binding), ElementsAre(0, 3, 1, 4, 2, 5));
  binding.strides = {3, {2, 2, 1}};  // channels in pairs: C/2, H, W, 2
  binding.vector_dim = 0;
  binding.vector_size = 2;
  EXPECT_THAT(values_of(binding), ElementsAre(0, 2, 1, 3, 4, 6));
}

}  // namespace
}  // namespace tenon::trtexec
