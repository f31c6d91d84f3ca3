// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The libraries of samples/safe_plugin, opened by name and called as a builder and a runtime do.
#include <NvInferConsistency.h>
#include <NvInferSafePlugin.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace nvinfer1;
using namespace nvinfer2::safe;

template <class Function>
Function* symbol(const char* library, const char* name) {
  const std::string path = std::string(SAMPLE_LIBRARIES) + "/" + library;
  void* const opened = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  EXPECT_NE(opened, nullptr) << ::dlerror();
  return opened == nullptr ? nullptr : reinterpret_cast<Function*>(::dlsym(opened, name));
}

using CreatorGetter = IPluginCreatorInterface*(const char*, const char*);
using CheckerGetter = consistency::IPluginChecker*(const char*);
constexpr const char* kBoth = "libsample_safe_plugin_v3.so";
constexpr const char* kRuntimeOnly = "libsample_safe_plugin_v3_safe.so";

ISafePluginCreatorV3One* creator(const char* library) {
  auto* const getter = symbol<CreatorGetter>(library, "getSafetyPluginCreator");
  return static_cast<ISafePluginCreatorV3One*>(getter("", "MaxPoolPlugin"));
}

/// Fields of a 2x2 window of step 2, as a model's node has them: without pType.
struct NodeFields {
  const int32_t two[2] = {2, 2};
  const int32_t none[2] = {0, 0};
  const PluginField fields[3] = {{"kernel_shape", two, PluginFieldType::kINT32, 2},
                                 {"strides", two, PluginFieldType::kINT32, 2},
                                 {"pads", none, PluginFieldType::kINT32, 2}};
  const PluginFieldCollection collection{3, fields};
};

/// A linear or channels-last picture of batch 1.
TensorDescriptor picture(int64_t channels, int64_t side, bool channels_last) {
  TensorDescriptor d;
  d.shape = {4, {1, channels, side, side}};
  d.stride = channels_last ? PhysicalDims{4, {channels * side * side, 1, side * channels, channels}}
                           : PhysicalDims{4, {channels * side * side, side * side, side, 1}};
  return d;
}

template <class Face>
Face* face(IPluginV3& plugin, PluginCapabilityType type) {
  return static_cast<Face*>(plugin.getCapabilityInterface(type));
}

TEST(SafeSampleLibraryTest, HandsOutTheNamedCreatorAlone) {
  for (const char* library : {kBoth, kRuntimeOnly}) {
    auto* const getter = symbol<CreatorGetter>(library, "getSafetyPluginCreator");
    ASSERT_NE(getter, nullptr);
    EXPECT_NE(getter("", "MaxPoolPlugin"), nullptr);
    EXPECT_EQ(getter("acme", "MaxPoolPlugin"), nullptr);
    EXPECT_EQ(getter("", "MinPoolPlugin"), nullptr);
    EXPECT_EQ(getter(nullptr, nullptr), nullptr);
  }
}

TEST(SafeSampleLibraryTest, TheRuntimeLibraryHasNoBuildHalf) {
  const NodeFields node;
  auto* const small = creator(kRuntimeOnly);
  const std::unique_ptr<IPluginV3> none(
      small->createPlugin("", &node.collection, TensorRTPhase::kBUILD));
  EXPECT_EQ(none, nullptr);
  const std::unique_ptr<IPluginV3> plugin(
      small->createPlugin("", &node.collection, TensorRTPhase::kRUNTIME));
  ASSERT_NE(plugin, nullptr);
  EXPECT_EQ(plugin->getCapabilityInterface(PluginCapabilityType::kBUILD), nullptr);
  EXPECT_EQ(symbol<CheckerGetter>(kRuntimeOnly, "getPluginChecker"), nullptr);
}

// Shows S-REG-6.
TEST(SafeSampleLibraryTest, FieldsOfTheBuildMakeTheRuntimeOfTheOtherLibrary) {
  const NodeFields node;
  const std::unique_ptr<IPluginV3> built(
      creator(kBoth)->createPlugin("", &node.collection, TensorRTPhase::kBUILD));
  ASSERT_NE(built, nullptr);
  auto* const runtime = face<IPluginV3OneSafeRuntime>(*built, PluginCapabilityType::kRUNTIME);
  const std::unique_ptr<IPluginV3> deployed(
      creator(kRuntimeOnly)
          ->createPlugin("", runtime->getFieldsToSerialize(), TensorRTPhase::kRUNTIME));
  ASSERT_NE(deployed, nullptr);
  const std::unique_ptr<IPluginV3> copy(deployed->clone());
  auto* const run = face<IPluginV3OneSafeRuntime>(*copy, PluginCapabilityType::kRUNTIME);
  EXPECT_EQ(run->initResource(nullptr), 0);
  EXPECT_EQ(run->setTactic(0), 0);

  for (const bool last : {false, true}) {
    const TensorDescriptor in = picture(2, 4, last), out = picture(2, 2, last);
    std::vector<float> from(32), to(8);
    for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i);
    const void* const inputs[] = {from.data()};
    void* const outputs[] = {to.data()};
    ASSERT_EQ(run->enqueue(&in, &out, inputs, outputs, nullptr, nullptr), 0);
    const std::vector<float> expected = last ? std::vector<float>{10, 11, 14, 15, 26, 27, 30, 31}
                                             : std::vector<float>{5, 7, 13, 15, 21, 23, 29, 31};
    EXPECT_EQ(to, expected);
  }
}

TEST(SafeSampleLibraryTest, RefusesFieldsThatMakeNoWindow) {
  const NodeFields node;
  const PluginFieldCollection two{2, node.fields};
  EXPECT_EQ(creator(kBoth)->createPlugin("", &two, TensorRTPhase::kBUILD), nullptr);
  EXPECT_EQ(creator(kBoth)->createPlugin("", nullptr, TensorRTPhase::kRUNTIME), nullptr);
}

TEST(SafeSampleLibraryTest, CombinationsAreOneTypeInNoVectors) {
  const NodeFields node;
  const std::unique_ptr<IPluginV3> plugin(
      creator(kBoth)->createPlugin("", &node.collection, TensorRTPhase::kBUILD));
  auto* const build = face<IPluginV3OneSafeBuildMSS>(*plugin, PluginCapabilityType::kBUILD);
  TensorDescriptor tensors[] = {picture(2, 4, false), picture(2, 2, false)};
  for (const DataType type : {DataType::kFLOAT, DataType::kHALF, DataType::kINT8}) {
    tensors[0].dataType = tensors[1].dataType = type;
    EXPECT_TRUE(build->supportsFormatCombination(0, tensors, 1, 1));
    EXPECT_TRUE(build->supportsFormatCombination(1, tensors, 1, 1));
  }
  tensors[0].dataType = DataType::kHALF;
  EXPECT_FALSE(build->supportsFormatCombination(1, tensors, 1, 1));
  tensors[0].vectorizedDim = 1;
  EXPECT_FALSE(build->supportsFormatCombination(0, tensors, 1, 1));
}

// Shows S-CHK-2.
TEST(SafeSampleLibraryTest, TheCheckerSeesAWrongExtent) {
  const NodeFields node;
  auto* const getter = symbol<CheckerGetter>(kBoth, "getPluginChecker");
  ASSERT_NE(getter, nullptr);
  EXPECT_EQ(getter("MaxPoolPlugin2"), nullptr);
  const std::unique_ptr<consistency::IPluginChecker> checker(getter("MaxPoolPlugin1"));
  ASSERT_NE(checker, nullptr);
  PluginFieldCollection fields = node.collection;
  EXPECT_TRUE(checker->validate({picture(2, 4, false)}, {picture(2, 2, false)}, &fields));
  EXPECT_FALSE(checker->validate({picture(2, 4, false)}, {picture(2, 3, false)}, &fields));
  EXPECT_FALSE(checker->validate({picture(2, 4, false)}, {picture(1, 2, false)}, &fields));
  EXPECT_FALSE(checker->validate({picture(2, 4, false)}, {picture(2, 2, false)}, nullptr));
}

}  // namespace
