// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attributes of quick plugins: what fits is read, what does not is said.
#include <gtest/gtest.h>
#include <tenon/quick/attributes.h>

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldCollection;
using nvinfer1::PluginFieldType;

struct Everything {
  bool flag = false;
  int32_t small = 1;
  int64_t large = 2;
  float real = 3;
  double precise = 4;
  std::string text = "five";
  std::vector<int64_t> many{6, 7};
  std::array<float, 2> pair{8, 9};

  template <class Visitor>
  void attributes(Visitor& visit) {
    visit("flag", flag);
    visit("small", small);
    visit("large", large);
    visit("real", real);
    visit("precise", precise);
    visit("text", text);
    visit("many", many);
    visit.required("pair", pair);
  }
};

/// The sentence with which these fields are refused; empty when they are read.
std::string refusal(std::vector<PluginField> const& fields) {
  PluginFieldCollection const collection{static_cast<int32_t>(fields.size()), fields.data()};
  try {
    Everything all;
    tenon::quick::FieldReader reader(&collection);
    all.attributes(reader);
    reader.finish();
    return "";
  } catch (std::invalid_argument const& problem) {
    return problem.what();
  }
}

TEST(QuickAttributes, ComeBackAsTheyWereWritten) {
  Everything before;
  before.flag = true;
  before.small = -5;
  before.large = int64_t{1} << 40U;
  before.real = 0.1F;
  before.precise = 0.1;
  before.text = "";
  before.many = {};
  before.pair = {1, -1};
  tenon::quick::FieldWriter writer;
  before.attributes(writer);
  Everything after;
  tenon::quick::FieldReader reader(&writer.fields());
  after.attributes(reader);
  reader.finish();
  EXPECT_TRUE(after.flag);
  EXPECT_EQ(after.small, before.small);
  EXPECT_EQ(after.large, before.large);
  EXPECT_EQ(after.real, before.real);
  EXPECT_EQ(after.precise, before.precise);
  EXPECT_EQ(after.text, before.text);
  EXPECT_EQ(after.many, before.many);
  EXPECT_EQ(after.pair, before.pair);
  EXPECT_EQ(writer.fields().nbFields, 8);
}

TEST(QuickAttributes, DifferInTextWhenOneOfThemDiffers) {
  Everything one;
  Everything other;
  other.many.back() = 8;
  tenon::quick::FieldWriter first;
  tenon::quick::FieldWriter second;
  tenon::quick::FieldWriter third;
  one.attributes(first);
  other.attributes(second);
  one.attributes(third);
  EXPECT_NE(first.text(), second.text());
  EXPECT_EQ(first.text(), third.text());
}

TEST(QuickAttributes, SayWhatDoesNotFit) {
  float const pair[] = {1, 2};
  PluginField const good{"pair", pair, PluginFieldType::kFLOAT32, 2};
  EXPECT_EQ(refusal({good}), "");
  EXPECT_EQ(refusal({}), "attribute 'pair' is missing");
  EXPECT_EQ(refusal({{"pair", pair, PluginFieldType::kFLOAT32, 1}}),
            "attribute 'pair' must hold 2 numbers, and holds 1");
  EXPECT_EQ(refusal({good, {"small", pair, PluginFieldType::kFLOAT32, 1}}),
            "attribute 'small' must be an integer, and is a floating-point number");
  int64_t const huge = int64_t{1} << 40U;
  EXPECT_EQ(refusal({good, {"small", &huge, PluginFieldType::kINT64, 1}}),
            "attribute 'small' holds 1099511627776, which is out of range");
  EXPECT_EQ(refusal({good, {"large", &huge, PluginFieldType::kINT64, 1}}), "");
  EXPECT_EQ(refusal({good, {"text", &huge, PluginFieldType::kINT64, 1}}),
            "attribute 'text' must be text");
  EXPECT_EQ(refusal({good, {"real", "x", PluginFieldType::kCHAR, 1}}),
            "attribute 'real' must hold numbers (field type 6)");
  EXPECT_EQ(refusal({good, {"colour", &huge, PluginFieldType::kINT64, 1}}),
            "attribute 'colour' is unknown; there are: flag, small, large, real, precise, text, "
            "many, pair");
}

}  // namespace
