// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The entries of the library, and what holds for each of its creators.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "plugin_library/test_creators.h"

namespace shipped {
namespace {

using nvinfer1::IPluginCreatorV3One;
using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;
using nvinfer1::TensorRTPhase;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Library, RegistersUnderEachNamespaceOnce) {
  auto& registry = *getPluginRegistry();
  ASSERT_EQ(registry.getCreator("EfficientNMS_TRT", "1", ""), nullptr)
      << "loading the library must not register anything";
  TestLogger logger;
  EXPECT_TRUE(initLibNvInferPlugins(&logger, ""));
  EXPECT_THAT(logger.remarks,
              Contains(HasSubstr("Registered plugin creator - ::EfficientNMS_TRT")));
  auto* creator = registry.getCreator("EfficientNMS_TRT", "1", "");
  ASSERT_NE(creator, nullptr);

  EXPECT_TRUE(initLibNvInferPlugins(&logger, ""));
  EXPECT_TRUE(initLibNvInferPlugins(nullptr, nullptr)) << "no namespace is the empty one";
  EXPECT_EQ(registry.getCreator("EfficientNMS_TRT", "1", ""), creator);
  EXPECT_THAT(logger.remarks, Contains(HasSubstr("already registered - ::EfficientNMS_TRT")));

  EXPECT_TRUE(initLibNvInferPlugins(&logger, "acme"));
  auto* other = registry.getCreator("ROIAlign_TRT", "2", "acme");
  ASSERT_NE(other, nullptr);
  auto plugin = make(static_cast<IPluginCreatorV3One&>(*other), {});
  ASSERT_NE(plugin, nullptr);
  auto* core = static_cast<nvinfer1::IPluginV3OneCore*>(
      plugin->getCapabilityInterface(nvinfer1::PluginCapabilityType::kCORE));
  EXPECT_STREQ(core->getPluginNamespace(), "acme");
  EXPECT_THAT(logger.complaints, IsEmpty());
}

TEST(Library, HandsOutCreatorsOfDifferentNames) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<nvinfer1::IPluginCreator*> v2;
  for (Found const& creator : shippedCreators()) {
    EXPECT_STREQ(
        creator.v2 != nullptr ? creator.v2->getPluginNamespace() : creator.v3->getPluginNamespace(),
        "");
    EXPECT_TRUE(seen.emplace(creator.name(), creator.version()).second);
    if (creator.v2 != nullptr) v2.push_back(creator.v2);
  }
  EXPECT_GE(seen.size(), 25U);
  int32_t count = -1;
  nvinfer1::IPluginCreator* const* old = getPluginCreators(count);
  EXPECT_THAT(std::vector(old, old + count), testing::ElementsAreArray(v2));
}

/// Facts of TensorRT 10.16: what programs cast creators to.
TEST(Library, HasTheInterfaceOfEachVersion) {
  for (auto const& [name, version] : {std::pair{"EfficientNMS_TRT", "1"},
                                      {"BatchedNMSDynamic_TRT", "1"},
                                      {"InstanceNormalization_TRT", "2"},
                                      {"CustomSkipLayerNormPluginDynamic", "2"},
                                      {"CustomEmbLayerNormPluginDynamic", "1"},
                                      {"ROIAlign_TRT", "1"}}) {
    EXPECT_NE(creatorOf(name, version).v2, nullptr) << name << " " << version;
  }
  for (auto const& [name, version] : {std::pair{"InstanceNormalization_TRT", "3"},
                                      {"CustomSkipLayerNormPluginDynamic", "5"},
                                      {"CustomEmbLayerNormPluginDynamic", "6"},
                                      {"ROIAlign_TRT", "2"}}) {
    EXPECT_NE(creatorOf(name, version).v3, nullptr) << name << " " << version;
  }
}

TEST(Library, CanBeLoadedIntoARegistry) {
  auto& registry = *getPluginRegistry();
  TestLogger logger;
  std::unique_ptr<nvinfer1::IRuntime> const runtime(nvinfer1::createInferRuntime(logger));
  auto& own = runtime->getPluginRegistry();
  auto* handle = own.loadLibrary("libnvinfer_plugin.so.10");
  ASSERT_NE(handle, nullptr);
  int32_t count = 0;
  own.getAllCreators(&count);
  EXPECT_EQ(static_cast<size_t>(count), shippedCreators().size());
  EXPECT_NE(&own, &registry);
  own.deregisterLibrary(handle);
  setLoggerFinder(nullptr);
}

TEST(Creators, RefuseOrMakeAPluginOutOfNothing) {
  Listening ear;
  for (Found const& creator : shippedCreators()) {
    ear.logger.complaints.clear();
    auto const* names =
        creator.v2 != nullptr ? creator.v2->getFieldNames() : creator.v3->getFieldNames();
    ASSERT_NE(names, nullptr);
    bool const made =
        creator.v2 != nullptr ? make(*creator.v2, {}) != nullptr : make(*creator.v3, {}) != nullptr;
    if (made) {
      EXPECT_THAT(ear.logger.complaints, IsEmpty()) << creator.name();
    } else {
      EXPECT_THAT(ear.logger.complaints, Contains(HasSubstr("is missing"))) << creator.name();
    }
  }
}

TEST(Creators, ReadWhatTheirPluginsSerialize) {
  IPluginCreatorV3One* creator = creatorOf("InstanceNormalization_TRT", "3").v3;
  ASSERT_NE(creator, nullptr);
  std::vector<float> const scales{1, 2, 3};
  std::vector<double> const bias{0.5, -0.5, 0};
  float const epsilon = 1e-3F;
  int64_t const relu = 1;
  auto const first = make(*creator, {{"epsilon", &epsilon, PluginFieldType::kFLOAT32, 1},
                                     {"scales", scales.data(), PluginFieldType::kFLOAT32, 3},
                                     {"bias", bias.data(), PluginFieldType::kFLOAT64, 3},
                                     {"relu", &relu, PluginFieldType::kINT64, 1}});
  ASSERT_NE(first, nullptr);
  auto const saved = [](nvinfer1::IPluginV3& plugin) {
    auto* runtime = static_cast<nvinfer1::IPluginV3OneRuntime*>(
        plugin.getCapabilityInterface(nvinfer1::PluginCapabilityType::kRUNTIME));
    auto const* all = runtime->getFieldsToSerialize();
    return std::vector<PluginField>(all->fields, all->fields + all->nbFields);
  };
  auto const second = make(*creator, saved(*first), TensorRTPhase::kRUNTIME);
  ASSERT_NE(second, nullptr);
  std::unique_ptr<nvinfer1::IPluginV3> const third(second->clone());
  auto const fields = saved(*third);
  ASSERT_EQ(fields.size(), 5U);
  EXPECT_EQ(*static_cast<float const*>(fields[0].data), epsilon);
  EXPECT_EQ(static_cast<float const*>(fields[1].data)[2], 3.0F);
  EXPECT_EQ(static_cast<float const*>(fields[2].data)[1], -0.5F);
  EXPECT_EQ(*static_cast<int32_t const*>(fields[3].data), 1);
}

TEST(Creators, NameTheAttributeThatIsWrong) {
  Listening ear;
  IPluginCreatorV3One* creator = creatorOf("ROIAlign_TRT", "2").v3;
  int32_t const sizes[] = {1, 2};
  float const half = 0.5F;
  EXPECT_EQ(make(*creator, {{"output_width", sizes, PluginFieldType::kINT32, 2}}), nullptr);
  EXPECT_EQ(make(*creator, {{"mode", "avg", PluginFieldType::kCHAR, 3}}), nullptr);
  EXPECT_EQ(make(*creator, {{"mode", &half, PluginFieldType::kFLOAT32, 1}}), nullptr);
  EXPECT_THAT(
      ear.logger.complaints,
      testing::ElementsAre(HasSubstr("(layer \"layer\"): attribute output_width has 2 values"),
                           HasSubstr("attribute mode must be of integers"),
                           HasSubstr("attribute mode must be of integers")));
}

}  // namespace
}  // namespace shipped
