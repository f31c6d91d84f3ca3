// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The entries of the library, and what holds for each of its creators.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "NvInferPlugin.h"

extern "C" nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators);
extern "C" nvinfer1::IPluginCreator* const* getPluginCreators(int32_t& nbCreators);
extern "C" void setLoggerFinder(nvinfer1::ILoggerFinder* finder);

namespace {

using nvinfer1::IPluginCreatorV3One;
using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;
using nvinfer1::TensorRTPhase;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Logger final : nvinfer1::ILogger {
  void log(Severity severity, char const* text) noexcept override {
    (severity <= Severity::kWARNING ? complaints : remarks).emplace_back(text);
  }
  std::vector<std::string> complaints, remarks;
};

struct Finder final : nvinfer1::ILoggerFinder {
  nvinfer1::ILogger* findLogger() override { return &logger; }
  Logger logger;
};

std::vector<IPluginCreatorV3One*> shippedCreators() {
  int32_t count = 0;
  nvinfer1::IPluginCreatorInterface* const* all = getCreators(count);
  std::vector<IPluginCreatorV3One*> found;
  for (int32_t i = 0; i < count; ++i) found.push_back(static_cast<IPluginCreatorV3One*>(all[i]));
  return found;
}

IPluginCreatorV3One* creatorOf(std::string const& name) {
  for (IPluginCreatorV3One* creator : shippedCreators()) {
    if (creator->getPluginName() == name) return creator;
  }
  return nullptr;
}

std::unique_ptr<nvinfer1::IPluginV3> make(IPluginCreatorV3One& creator,
                                          std::vector<PluginField> const& fields,
                                          TensorRTPhase phase = TensorRTPhase::kBUILD) {
  nvinfer1::PluginFieldCollection const all{static_cast<int32_t>(fields.size()), fields.data()};
  return std::unique_ptr<nvinfer1::IPluginV3>(creator.createPlugin("layer", &all, phase));
}

TEST(Library, RegistersUnderEachNamespaceOnce) {
  auto& registry = *getPluginRegistry();
  ASSERT_EQ(registry.getCreator("EfficientNMS_TRT", "1", ""), nullptr)
      << "loading the library must not register anything";
  Logger logger;
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
  for (IPluginCreatorV3One* creator : shippedCreators()) {
    EXPECT_STREQ(creator->getPluginNamespace(), "");
    EXPECT_TRUE(seen.emplace(creator->getPluginName(), creator->getPluginVersion()).second);
  }
  EXPECT_GE(seen.size(), 25U);
  int32_t count = -1;
  EXPECT_EQ(getPluginCreators(count), nullptr);
  EXPECT_EQ(count, 0);
}

TEST(Library, CanBeLoadedIntoARegistry) {
  auto& registry = *getPluginRegistry();
  Logger logger;
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
  Finder finder;
  setLoggerFinder(&finder);
  for (IPluginCreatorV3One* creator : shippedCreators()) {
    finder.logger.complaints.clear();
    auto const* names = creator->getFieldNames();
    ASSERT_NE(names, nullptr);
    auto const plugin = make(*creator, {});
    if (plugin == nullptr) {
      EXPECT_THAT(finder.logger.complaints, Contains(HasSubstr("is missing")))
          << creator->getPluginName();
    } else {
      EXPECT_THAT(finder.logger.complaints, IsEmpty()) << creator->getPluginName();
    }
  }
  setLoggerFinder(nullptr);
}

TEST(Creators, ReadWhatTheirPluginsSerialize) {
  IPluginCreatorV3One* creator = creatorOf("InstanceNormalization_TRT");
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
  Finder finder;
  setLoggerFinder(&finder);
  IPluginCreatorV3One* creator = creatorOf("ROIAlign_TRT");
  int32_t const sizes[] = {1, 2};
  float const half = 0.5F;
  EXPECT_EQ(make(*creator, {{"output_width", sizes, PluginFieldType::kINT32, 2}}), nullptr);
  EXPECT_EQ(make(*creator, {{"mode", "avg", PluginFieldType::kCHAR, 3}}), nullptr);
  EXPECT_EQ(make(*creator, {{"mode", &half, PluginFieldType::kFLOAT32, 1}}), nullptr);
  EXPECT_THAT(
      finder.logger.complaints,
      testing::ElementsAre(HasSubstr("(layer \"layer\"): attribute output_width has 2 values"),
                           HasSubstr("attribute mode must be of integers"),
                           HasSubstr("attribute mode must be of integers")));
  setLoggerFinder(nullptr);
}

}  // namespace
