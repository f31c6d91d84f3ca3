// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The grammar of types and formats.
#include <gtest/gtest.h>
#include <tenon/quick/combinations.h>

namespace {

using nvinfer1::DataType;
using nvinfer1::TensorFormat;
using tenon::quick::expand;

constexpr auto F = DataType::kFLOAT;
constexpr auto H = DataType::kHALF;
using Types = std::vector<std::vector<DataType>>;

std::string refused(std::string const& types, std::string const& formats, size_t count) {
  try {
    return std::to_string(tenon::quick::combinations(types, formats, count).size());
  } catch (std::invalid_argument const& problem) {
    return problem.what();
  }
}

TEST(QuickCombinations, TakeAlternativesTogetherOrEachWithEach) {
  EXPECT_EQ(expand<DataType>("FP32|FP16, FP32|FP16", 2, false), (Types{{F, F}, {H, H}}));
  EXPECT_EQ(expand<DataType>("FP32|FP16,FP32|FP16,FP32*FP16", 3, false),
            (Types{{F, F, F}, {H, H, F}, {F, F, H}, {H, H, H}}));
  EXPECT_EQ(
      expand<DataType>("FP32|FP16, INT32, INT64", 3, false),
      (Types{{F, DataType::kINT32, DataType::kINT64}, {H, DataType::kINT32, DataType::kINT64}}));
  constexpr auto L = TensorFormat::kLINEAR;
  constexpr auto C = TensorFormat::kHWC;
  EXPECT_EQ(expand<TensorFormat>("LINEAR*HWC", 2, true),
            (std::vector<std::vector<TensorFormat>>{{L, L}, {C, L}, {L, C}, {C, C}}));
}

TEST(QuickCombinations, CrossTypesWithFormats) {
  auto const all = tenon::quick::combinations("FP32|FP16, FP32|FP16", "LINEAR|HWC, LINEAR|HWC", 2);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[1].types, (std::vector<DataType>{F, F}));
  EXPECT_EQ(all[1].formats, (std::vector<TensorFormat>{TensorFormat::kHWC, TensorFormat::kHWC}));
  EXPECT_EQ(all[2].types, (std::vector<DataType>{H, H}));
}

TEST(QuickCombinations, SayWhatIsWrong) {
  EXPECT_EQ(refused("FP32, FP32", "LINEAR", 2), "1");
  EXPECT_EQ(refused("FP32", "LINEAR", 2), "'FP32' names 1 tensors; there are 2");
  EXPECT_EQ(refused("FP32|FP16, FP32|FP16|BF16", "LINEAR", 2),
            "'FP32|FP16, FP32|FP16|BF16' has entries with | of different lengths");
  EXPECT_EQ(refused("FP32|FP16*BF16", "LINEAR", 1), "'FP32|FP16*BF16' mixes | and *");
  EXPECT_EQ(refused("FP31", "LINEAR", 1),
            "type 'FP31' is unknown; write for example FP32, FP16 or INT32");
  EXPECT_EQ(refused("FP32", "ROUND", 1),
            "format 'ROUND' is unknown; write for example LINEAR, HWC or CHW32");
}

}  // namespace
