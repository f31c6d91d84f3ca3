// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The services of IPluginRegistry: lists, parents, error recorder, shared resources.
#include <gtest/gtest.h>

#include <algorithm>

#include "factor.h"
#include "sayings.h"
#include "scripted_plugin.h"

namespace {

using namespace nvinfer1;

bool contains(IPluginCreatorInterface* const* list, int32_t count, IPluginCreatorInterface* one) {
  return std::find(list, list + count, one) != list + count;
}

TEST(Registry, ListsBothKindsOfALibraryAndOfParents) {
  Sayings sayings;
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings));
  IPluginRegistry& registry = builder->getPluginRegistry();
  ASSERT_NE(registry.loadLibrary(TENON_FACTOR_TWICE), nullptr);
  IPluginCreatorInterface* const fresh = registry.getCreator("Scripted", "1", "test");
  IPluginCreator* const old = registry.getPluginCreator("Old", "1", "test");
  ASSERT_NE(fresh, nullptr);
  ASSERT_NE(old, nullptr);
  EXPECT_EQ(registry.getPluginCreator("Scripted", "1", "test"), nullptr) << "not of version 2";
  int32_t count = 0;
  IPluginCreator* const* v2 = registry.getPluginCreatorList(&count);
  ASSERT_EQ(count, 1);
  EXPECT_EQ(v2[0], old);
  IPluginCreatorInterface* const* own = registry.getAllCreators(&count);
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(contains(own, count, fresh) && contains(own, count, old));

  int32_t above = 0, all = 0;
  getPluginRegistry()->getAllCreators(&above);
  IPluginCreatorInterface* const* list = registry.getAllCreatorsRecursive(&all);
  EXPECT_EQ(all, above + 2);
  EXPECT_TRUE(contains(list, all, old));
}

TEST(Registry, SearchesParentsUntilToldNotTo) {
  Sayings sayings;
  scripted::Creator creator{scripted::Script{}};
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  std::unique_ptr<IRuntime> const other(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  ASSERT_TRUE(getPluginRegistry()->registerCreator(creator, ""));
  EXPECT_TRUE(registry.isParentSearchEnabled());
  EXPECT_EQ(registry.getCreator("Scripted", "1", "test"), &creator);
  registry.setParentSearchEnabled(false);
  EXPECT_FALSE(registry.isParentSearchEnabled());
  EXPECT_EQ(registry.getCreator("Scripted", "1", "test"), nullptr);
  int32_t count = -1;
  registry.getAllCreatorsRecursive(&count);
  EXPECT_EQ(count, 0);
  EXPECT_EQ(other->getPluginRegistry().getCreator("Scripted", "1", "test"), &creator);
  EXPECT_TRUE(getPluginRegistry()->deregisterCreator(creator));
  EXPECT_FALSE(getPluginRegistry()->deregisterCreator(creator));
  EXPECT_EQ(other->getPluginRegistry().getCreator("Scripted", "1", "test"), nullptr);
}

TEST(Registry, EveryRuntimeHasItsOwn) {
  Sayings sayings;
  std::unique_ptr<IRuntime> const one(createInferRuntime(sayings));
  std::unique_ptr<IRuntime> const two(createInferRuntime(sayings));
  ASSERT_NE(one->getPluginRegistry().loadLibrary(TENON_FACTOR_TWICE), nullptr);
  ASSERT_NE(two->getPluginRegistry().loadLibrary(TENON_FACTOR_THRICE), nullptr);
  IPluginCreatorInterface* first = one->getPluginRegistry().getCreator("Scripted", "1", "test");
  IPluginCreatorInterface* second = two->getPluginRegistry().getCreator("Scripted", "1", "test");
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_NE(first, second);
  EXPECT_EQ(getPluginRegistry()->getCreator("Scripted", "1", "test"), nullptr);
}

/// Keeps what is reported, and counts its owners.
class Recorder final : public IErrorRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return static_cast<int32_t>(texts.size()); }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kUNSPECIFIED_ERROR; }
  ErrorDesc getErrorDesc(int32_t i) const noexcept override {
    return texts[static_cast<size_t>(i)].c_str();
  }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { texts.clear(); }
  bool reportError(ErrorCode, ErrorDesc desc) noexcept override {
    texts.emplace_back(desc);
    return true;
  }
  RefCount incRefCount() noexcept override { return ++owners; }
  RefCount decRefCount() noexcept override { return --owners; }

  std::vector<std::string> texts;
  RefCount owners = 0;
};

TEST(Registry, ReportsToItsRecorderAndLetsItGo) {
  Sayings sayings;
  Recorder recorder, next;
  {
    std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
    IPluginRegistry& registry = runtime->getPluginRegistry();
    registry.setErrorRecorder(&recorder);
    EXPECT_EQ(registry.getErrorRecorder(), &recorder);
    EXPECT_EQ(recorder.owners, 1);
    EXPECT_EQ(registry.loadLibrary(TENON_NO_CREATORS), nullptr);
    ASSERT_EQ(recorder.texts.size(), 1U);
    EXPECT_NE(recorder.texts[0].find(TENON_NO_CREATORS), std::string::npos) << recorder.texts[0];
    EXPECT_NE(recorder.texts[0].find("neither getCreators nor getPluginCreators"),
              std::string::npos);
    registry.setErrorRecorder(&next);
    EXPECT_EQ(recorder.owners, 0);
    EXPECT_EQ(next.owners, 1);
  }
  EXPECT_EQ(next.owners, 0) << "the registry keeps its recorder beyond its life";
}

/// A resource whose clones and releases are counted.
class Table final : public IPluginResource {
 public:
  struct Counts {
    int clones = 0, releases = 0, objects = 0;
    int32_t releaseGives = 0;
    bool clonesNull = false;
  };
  explicit Table(Counts& counts) : counts_(counts) { ++counts_.objects; }
  ~Table() override { --counts_.objects; }
  int32_t release() noexcept override {
    ++counts_.releases;
    return counts_.releaseGives;
  }
  IPluginResource* clone() noexcept override {
    ++counts_.clones;
    return counts_.clonesNull ? nullptr : new Table(counts_);
  }

 private:
  Counts& counts_;
};

TEST(Registry, SharesAResourceByKeyUntilTheLastRelease) {
  Table::Counts counts;
  Table mine(counts), others(counts);
  IPluginRegistry& registry = *getPluginRegistry();
  IPluginResource* const first = registry.acquirePluginResource("test/table", &mine);
  ASSERT_NE(first, nullptr);
  EXPECT_NE(first, &mine) << "the registry keeps a clone";
  EXPECT_EQ(registry.acquirePluginResource("test/table", &others), first);
  EXPECT_NE(registry.acquirePluginResource("test/other", &others), first);
  EXPECT_EQ(counts.clones, 2);
  EXPECT_EQ(registry.releasePluginResource("test/table"), 0);
  EXPECT_EQ(counts.releases, 0) << "one owner is left";
  EXPECT_EQ(registry.releasePluginResource("test/table"), 0);
  EXPECT_EQ(counts.releases, 1);
  EXPECT_EQ(registry.releasePluginResource("test/other"), 0);
  EXPECT_EQ(counts.objects, 2) << "clones are freed after their release";
  IPluginResource* const again = registry.acquirePluginResource("test/table", &mine);
  EXPECT_NE(again, nullptr);
  EXPECT_EQ(counts.clones, 3);
  EXPECT_EQ(registry.releasePluginResource("test/table"), 0);
}

TEST(Registry, RefusesResourcesInWords) {
  Sayings sayings;
  std::unique_ptr<IRuntime> const runtime(createInferRuntime(sayings));
  IPluginRegistry& registry = runtime->getPluginRegistry();
  Table::Counts counts;
  Table mine(counts);
  EXPECT_EQ(registry.acquirePluginResource(nullptr, &mine), nullptr);
  EXPECT_EQ(registry.acquirePluginResource("empty", nullptr), nullptr);
  EXPECT_NE(registry.releasePluginResource("empty"), 0);
  EXPECT_NE(registry.releasePluginResource(nullptr), 0);
  counts.clonesNull = true;
  EXPECT_EQ(registry.acquirePluginResource("null", &mine), nullptr);
  EXPECT_NE(registry.releasePluginResource("null"), 0);
  counts = {0, 0, 1, 7, false};
  ASSERT_NE(registry.acquirePluginResource("stubborn", &mine), nullptr);
  EXPECT_EQ(registry.releasePluginResource("stubborn"), 7);
  for (char const* part : {"has no key", "\"empty\" cannot be acquired", "clone() returned null",
                           "\"empty\" cannot be released", "of plugin resource \"stubborn\""}) {
    EXPECT_NE(sayings.errors.find(part), std::string::npos) << part << "\n" << sayings.errors;
  }
}

}  // namespace
