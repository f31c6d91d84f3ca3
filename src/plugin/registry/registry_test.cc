// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Creators are kept, found, refused and dropped as the interface says.
#include "plugin/registry/registry.h"

#include <gtest/gtest.h>

#include "plugin/test_creator.h"

namespace tenon::plugin {
namespace {

TEST(Registry, FindsByNameVersionAndNamespace) {
  TestCreator creator("Pool", "1", "mine");
  PluginRegistry registry(nullptr);
  ASSERT_TRUE(
      registry.registerCreator(static_cast<nvinfer1::IPluginCreatorInterface&>(creator), "mine"));
  EXPECT_EQ(registry.getCreator("Pool", "1", "mine"), &creator);
  EXPECT_EQ(registry.getCreator("Pool", "1", ""), nullptr);
  EXPECT_EQ(registry.getCreator("Pool", "1.0", "mine"), nullptr);
  EXPECT_EQ(registry.entries().front().id, (ops::PluginId{"Pool", "1", "mine"}));
}

TEST(Registry, RefusesASecondOfTheSameTripleSoftly) {
  TestCreator first("Pool", "1", ""), second("Pool", "1", "");
  PluginRegistry registry(nullptr);
  nvinfer1::IPluginCreatorInterface& a = first;
  nvinfer1::IPluginCreatorInterface& b = second;
  EXPECT_TRUE(registry.registerCreator(a, ""));
  EXPECT_FALSE(registry.registerCreator(b, ""));
  EXPECT_EQ(registry.getCreator("Pool", "1", ""), &first);
  ASSERT_EQ(registry.refusals().size(), 1U);
  EXPECT_NE(registry.refusals()[0].find("registered already"), std::string::npos);
}

TEST(Registry, KeepsAStaticRegistrarsNamespace) {
  TestCreator creator("Pool", "1", "mine");
  PluginRegistry registry(nullptr);
  nvinfer1::IPluginCreatorInterface& one = creator;
  ASSERT_TRUE(registry.registerCreator(one, ""));  // What REGISTER_TENSORRT_PLUGIN passes.
  EXPECT_EQ(registry.getCreator("Pool", "1", "mine"), &creator);
  EXPECT_FALSE(registry.registerCreator(one, "other"));
}

TEST(Registry, SearchesItsParentUnlessToldNotTo) {
  TestCreator above("Pool", "1", ""), here("Pool", "2", "");
  PluginRegistry parent(nullptr), child(&parent);
  nvinfer1::IPluginCreatorInterface& a = above;
  nvinfer1::IPluginCreatorInterface& b = here;
  parent.registerCreator(a, "");
  child.registerCreator(b, "");
  EXPECT_EQ(child.getCreator("Pool", "1", ""), &above);
  int32_t count = 0;
  child.getAllCreators(&count);
  EXPECT_EQ(count, 1);
  child.getAllCreatorsRecursive(&count);
  EXPECT_EQ(count, 2);
  child.setParentSearchEnabled(false);
  EXPECT_EQ(child.getCreator("Pool", "1", ""), nullptr);
  EXPECT_EQ(child.find({"Pool", "1", ""}), nullptr);
}

TEST(Registry, TwoChildrenMayHoldTheSameTriple) {
  TestCreator one("Pool", "1", ""), other("Pool", "1", "");
  PluginRegistry parent(nullptr), left(&parent), right(&parent);
  nvinfer1::IPluginCreatorInterface& a = one;
  nvinfer1::IPluginCreatorInterface& b = other;
  EXPECT_TRUE(left.registerCreator(a, ""));
  EXPECT_TRUE(right.registerCreator(b, ""));
  EXPECT_EQ(left.getCreator("Pool", "1", ""), &one);
  EXPECT_EQ(right.getCreator("Pool", "1", ""), &other);
}

TEST(Registry, DropsCreators) {
  TestCreator creator("Pool", "1", "");
  PluginRegistry registry(nullptr);
  nvinfer1::IPluginCreatorInterface& one = creator;
  registry.registerCreator(one, "");
  EXPECT_TRUE(registry.deregisterCreator(one));
  EXPECT_FALSE(registry.deregisterCreator(one));
  EXPECT_EQ(registry.getCreator("Pool", "1", ""), nullptr);
}

TEST(Registry, SaysWhyALibraryIsNotLoaded) {
  PluginRegistry registry(nullptr);
  EXPECT_EQ(registry.loadLibrary("/nowhere/libplugin.so"), nullptr);
  EXPECT_EQ(registry.loadLibrary("libm.so.6"), nullptr);
  EXPECT_EQ(registry.loadLibrary(nullptr), nullptr);
  const auto refusals = registry.refusals();
  ASSERT_EQ(refusals.size(), 3U);
  EXPECT_NE(refusals[0].find("cannot open plugin library '/nowhere/libplugin.so'"),
            std::string::npos);
  EXPECT_NE(refusals[1].find("neither getCreators nor getPluginCreators"), std::string::npos);
}

/// Counts what is held and let go.
class CountedResource final : public nvinfer1::IPluginResource {
 public:
  explicit CountedResource(int& alive) : alive_(alive) {}
  int32_t release() noexcept override { return --alive_, 0; }
  nvinfer1::IPluginResource* clone() noexcept override {
    ++alive_;
    return new CountedResource(alive_);
  }

 private:
  int& alive_;
};

TEST(Registry, SharesAResourceUntilTheLastRelease) {
  int alive = 0;
  CountedResource resource(alive);
  PluginRegistry registry(nullptr);
  nvinfer1::IPluginResource* first = registry.acquirePluginResource("table", &resource);
  ASSERT_NE(first, nullptr);
  EXPECT_NE(first, &resource);
  EXPECT_EQ(registry.acquirePluginResource("table", nullptr), first);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(registry.releasePluginResource("table"), 0);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(registry.releasePluginResource("table"), 0);
  EXPECT_EQ(alive, 0);
  EXPECT_NE(registry.releasePluginResource("table"), 0);
  EXPECT_EQ(registry.acquirePluginResource("table", nullptr), nullptr);
}

}  // namespace
}  // namespace tenon::plugin
