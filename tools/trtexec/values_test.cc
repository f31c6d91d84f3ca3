// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Values of flags: what is understood, and what the refusals say.
#include "tools/trtexec/values.h"

#include <gmock/gmock.h>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {
namespace {

using nvinfer1::DataType;
using nvinfer1::MemoryPoolType;
using nvinfer1::PreviewFeature;
using nvinfer1::TensorFormat;
using testing::ElementsAre;
using testing::IsEmpty;

unsigned bit(TensorFormat format) { return 1U << static_cast<unsigned>(format); }

/// The sentence with which `work` refuses; empty when it does not.
template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Values, ShapesOfSeveralTensors) {
  const ShapeMap shapes = to_shapes("x:1x3x224x224,ids:8,scalar:");
  EXPECT_EQ(shapes.size(), 3U);
  EXPECT_THAT(shapes.at("x"), ElementsAre(1, 3, 224, 224));
  EXPECT_THAT(shapes.at("ids"), ElementsAre(8));
  EXPECT_THAT(shapes.at("scalar"), IsEmpty());
}

TEST(Values, QuotedNamesMayHoldCommasAndColons) {
  EXPECT_THAT(to_shapes("'a,b:0':2x3").at("a,b:0"), ElementsAre(2, 3));
  EXPECT_THAT(to_shapes("a:0:2x3").at("a:0"), ElementsAre(2, 3));
  EXPECT_EQ(refusal_of([] { to_shapes("'a:1"); }), "a quote is not closed in 'a:1");
}

TEST(Values, BadShapesAreRefused) {
  EXPECT_EQ(refusal_of([] { to_shapes("x"); }), "'x' is not of the form name:value");
  EXPECT_EQ(refusal_of([] { to_shapes("x:1xa"); }), "'a' is no whole number");
  EXPECT_EQ(refusal_of([] { to_shapes("x:1x"); }), "'1x' ends in 'x'");
  EXPECT_EQ(refusal_of([] { to_shapes("x:1,x:2"); }), "tensor x is given twice");
}

TEST(Values, FormatsWithAndWithoutType) {
  const auto formats = to_formats("fp32:chw+hwc,chw32");
  ASSERT_EQ(formats.size(), 2U);
  EXPECT_EQ(formats[0].type, DataType::kFLOAT);
  EXPECT_EQ(formats[0].formats, bit(TensorFormat::kLINEAR) | bit(TensorFormat::kHWC));
  EXPECT_FALSE(formats[1].type.has_value());
  EXPECT_EQ(formats[1].formats, bit(TensorFormat::kCHW32));
  EXPECT_THAT(refusal_of([] { to_formats("chwn"); }), testing::StartsWith("'chwn' is no format"));
}

TEST(Values, PoolsInUnits) {
  const auto pools = to_pools("workspace:64,tacticSharedMem:16K");
  EXPECT_EQ(pools.at(MemoryPoolType::kWORKSPACE), size_t{64} << 20);
  EXPECT_EQ(pools.at(MemoryPoolType::kTACTIC_SHARED_MEMORY), size_t{16} << 10);
  EXPECT_EQ(to_pools("workspace:0.5G").at(MemoryPoolType::kWORKSPACE), size_t{1} << 29);
  EXPECT_THAT(refusal_of([] { to_pools("workspace:1T"); }), testing::StartsWith("'T' is no unit"));
}

TEST(Values, PreviewsOnAndOff) {
  const auto previews = to_previews("+aliasedPluginIO1003,-runtimeActivationResize");
  EXPECT_TRUE(previews.at(PreviewFeature::kALIASED_PLUGIN_IO_10_03));
  EXPECT_FALSE(previews.at(PreviewFeature::kRUNTIME_ACTIVATION_RESIZE_10_10));
  EXPECT_EQ(refusal_of([] { to_previews("aliasedPluginIO1003"); }),
            "'aliasedPluginIO1003' does not begin with + or -");
}

TEST(Values, NumbersHaveBounds) {
  EXPECT_EQ(refusal_of([] { to_integer("6", 0, 5); }), "6 is more than 5");
  EXPECT_EQ(refusal_of([] { to_real("-2", -1); }), "-2 is less than -1");
  EXPECT_EQ(refusal_of([] { to_real("nan", 0); }), "'nan' is no number");
  EXPECT_EQ(refusal_of([] { to_percentiles("50,101"); }), "101 is more than 100");
  EXPECT_THAT(to_percentiles("50,99.9"), ElementsAre(50, 99.9));
}

TEST(Values, OneStarStandsForAnyText) {
  EXPECT_TRUE(matches("in*", "input"));
  EXPECT_TRUE(matches("*_0", "x_0"));
  EXPECT_TRUE(matches("a*b", "ab"));
  EXPECT_FALSE(matches("ab*ba", "aba"));
  EXPECT_FALSE(matches("in", "input"));
  const FileMap files{{"*", "any"}, {"x", "exact"}};
  EXPECT_EQ(*find(files, "x"), "exact");
  EXPECT_EQ(*find(files, "y"), "any");
}

TEST(Values, PermissionsOfTemporaryFilesAreBits) {
  EXPECT_EQ(to_tempfiles("in_memory:allow,temporary:deny"), 1U);
  EXPECT_EQ(to_tempfiles("in_memory:deny"), 2U);
  EXPECT_EQ(to_tempfiles("temporary:deny,in_memory:deny"), 0U);
  EXPECT_THROW(to_tempfiles("on_paper:allow"), UsageError);
  EXPECT_THROW(to_tempfiles("temporary:perhaps"), UsageError);
}

}  // namespace
}  // namespace tenon::trtexec
