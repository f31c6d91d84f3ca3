// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges from magnitudes, and the text of caches.
#include "tune/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tenon::tune {
namespace {

using ::testing::HasSubstr;

std::vector<float> normal(size_t count, float deviation) {
  std::mt19937 random(7);
  std::normal_distribution<float> numbers(0, deviation);
  std::vector<float> all(count);
  for (float& number : all) number = numbers(random);
  return all;
}

TEST(Histogram, KeepsTheGreatestMagnitude) {
  Histogram histogram;
  EXPECT_EQ(histogram.greatest(), 0);
  EXPECT_EQ(histogram.entropy(), 0);
  histogram.add(std::vector<float>{0.5F, -2, 0});
  histogram.add(std::vector<float>{-7, 1});
  EXPECT_EQ(histogram.greatest(), 7);
}

TEST(Histogram, CutsOffAShare) {
  Histogram histogram;
  std::vector<float> numbers(1000);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i + 1);
  histogram.add(numbers);
  EXPECT_NEAR(histogram.quantile(0.9), 900, 1);
  EXPECT_EQ(histogram.quantile(1), 1000);
}

TEST(Histogram, SaturatesWhatIsRare) {
  Histogram histogram;
  histogram.add(normal(100'000, 1));
  histogram.add(std::vector<float>{100});
  EXPECT_GT(histogram.entropy(), 2);
  EXPECT_LT(histogram.entropy(), 20);
}

TEST(Histogram, KeepsWhatIsEven) {
  Histogram histogram;
  std::vector<float> numbers(20'000);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i + 1);
  histogram.add(numbers);
  EXPECT_GT(histogram.entropy(), 19'000);
}

class Caches : public ::testing::Test {
 protected:
  std::string refusal(std::string_view text) {
    EXPECT_FALSE(read_calibration(text, diag).ok());
    return sink.errors();
  }
  CollectingSink sink;
  Diagnostics diag{sink};
};

TEST_F(Caches, AreReadAsTheyAreWritten) {
  const CalibrationCache cache{"EntropyCalibration2", {{"a: b", 0.5F}, {"data", 0.007875938F}}};
  const std::string text = write_calibration(cache, 101600);
  EXPECT_EQ(text, "TRT-101600-EntropyCalibration2\na: b: 3f000000\ndata: 3c010a14\n");
  const auto read = read_calibration(text, diag);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->scales, cache.scales);
  EXPECT_EQ(read->rule, "EntropyCalibration2");
}

TEST_F(Caches, OfOtherSystemsAreRead) {
  const auto read = read_calibration("TRT-7103-MinMaxCalibration\r\nx: 3c010a14\r\n\r\n", diag);
  ASSERT_TRUE(read.ok()) << sink.errors();
  EXPECT_FLOAT_EQ(read->scales.at("x"), 0.007875938F);
}

TEST_F(Caches, SayWhatIsWrong) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("hello\n"), HasSubstr("begins with \"hello\""));
  EXPECT_THAT(refusal("TRT-1-X\nx: zz\n"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("TRT-1-X\nx: 3f000000\nx 3f000000\n"), HasSubstr("line 3"));
  EXPECT_THAT(refusal("TRT-1-X\nx: 7f800000\n"), HasSubstr("line 2"));
}

}  // namespace
}  // namespace tenon::tune
