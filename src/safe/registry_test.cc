// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules of the safe registry, over the interface alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "NvInferSafePlugin.h"
#include "safe/test_recorder.h"

namespace tenon::safe {
namespace {

using nvinfer1::ErrorCode;
using nvinfer1::IPluginCreatorInterface;
using nvinfer2::safe::getSafePluginRegistry;
using nvinfer2::safe::ISafePluginRegistry;
using testing::HasSubstr;

class Creator final : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  Creator(std::string name, std::string version, std::string name_space)
      : name_(std::move(name)), version_(std::move(version)), space_(std::move(name_space)) {}
  nvinfer1::IPluginV3* createPlugin(const char*, const nvinfer1::PluginFieldCollection*,
                                    nvinfer1::TensorRTPhase) noexcept override {
    return nullptr;
  }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return nullptr; }
  const char* getPluginName() const noexcept override { return name_.c_str(); }
  const char* getPluginVersion() const noexcept override { return version_.c_str(); }
  const char* getPluginNamespace() const noexcept override { return space_.c_str(); }
  nvinfer2::safe::ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(nvinfer2::safe::ISafeRecorder& recorder) noexcept override {
    recorder_ = &recorder;
  }

 private:
  std::string name_, version_, space_;
  nvinfer2::safe::ISafeRecorder* recorder_ = nullptr;
};

class Other final : public IPluginCreatorInterface {
 public:
  nvinfer1::InterfaceInfo getInterfaceInfo() const noexcept override {
    return {"PLUGIN CREATOR_V3ONE", 1, 0};
  }
};

class SafeRegistryTest : public testing::Test {
 protected:
  ~SafeRegistryTest() override {
    IPluginCreatorInterface* const* all = nullptr;
    int32_t count = 0;
    while (registry_.getAllCreators(all, count) == ErrorCode::kSUCCESS && count > 0) {
      EXPECT_EQ(registry_.deregisterCreator(*all[0]), ErrorCode::kSUCCESS);
    }
  }
  ErrorCode add(IPluginCreatorInterface& creator, const char* name_space) {
    return registry_.registerCreator(creator, name_space, recorder_);
  }
  ErrorCode get(const char* name, const char* version, const char* name_space) {
    return registry_.getCreator(found_, name, version, name_space);
  }

  TestRecorder recorder_;
  ISafePluginRegistry& registry_ = *getSafePluginRegistry(recorder_);
  IPluginCreatorInterface* found_ = nullptr;
};

TEST_F(SafeRegistryTest, FindsWhatWasRegistered) {
  Creator pool("MaxPool", "1", ""), acme("MaxPool", "1", "acme");
  EXPECT_EQ(add(pool, ""), ErrorCode::kSUCCESS);
  EXPECT_EQ(add(acme, "acme"), ErrorCode::kSUCCESS);
  EXPECT_EQ(get("MaxPool", "1", ""), ErrorCode::kSUCCESS);
  EXPECT_EQ(found_, &pool);
  EXPECT_EQ(get("MaxPool", "1", "acme"), ErrorCode::kSUCCESS);
  EXPECT_EQ(found_, &acme);
  EXPECT_EQ(pool.getSafeRecorder(), &recorder_);
  EXPECT_EQ(recorder_.getNbErrors(), 0);
  EXPECT_EQ(registry_.deregisterCreator(pool), ErrorCode::kSUCCESS);
  EXPECT_EQ(registry_.deregisterCreator(pool), ErrorCode::kINVALID_CONFIG);
  EXPECT_EQ(get("MaxPool", "1", ""), ErrorCode::kINVALID_CONFIG);
  EXPECT_EQ(found_, nullptr);
  EXPECT_THAT(recorder_.last(), HasSubstr("'MaxPool' version '1' in namespace ''"));
  EXPECT_THAT(recorder_.last(), HasSubstr("MaxPool version 1 in namespace acme"));
}

TEST_F(SafeRegistryTest, RefusesANamespaceThatIsNotTheCreatorsOwn) {
  Creator pool("MaxPool", "1", "acme");
  EXPECT_EQ(add(pool, "other"), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_THAT(recorder_.last(), HasSubstr("'MaxPool'"));
  EXPECT_THAT(recorder_.last(), HasSubstr("'acme'"));
  EXPECT_THAT(recorder_.last(), HasSubstr("'other'"));
  EXPECT_EQ(add(pool, nullptr), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_THAT(recorder_.last(), HasSubstr("null"));
}

TEST_F(SafeRegistryTest, TakesTextsOf1024BytesAndNoMore) {
  const std::string longest(1023, 'n'), longer(1024, 'n');
  Creator good("A", "1", longest), bad("B", "1", longer), name(longer, "1", "");
  EXPECT_EQ(add(good, longest.c_str()), ErrorCode::kSUCCESS);
  EXPECT_EQ(add(bad, longer.c_str()), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(add(name, ""), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(get("A", "1", longest.c_str()), ErrorCode::kSUCCESS);
  EXPECT_EQ(get(longer.c_str(), "1", ""), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_EQ(get("A", nullptr, ""), ErrorCode::kINVALID_ARGUMENT);
}

TEST_F(SafeRegistryTest, TakesSafeCreatorsOnlyAndEachOnce) {
  Creator pool("MaxPool", "1", ""), twin("MaxPool", "1", "");
  Other other;
  EXPECT_EQ(add(other, ""), ErrorCode::kINVALID_ARGUMENT);
  EXPECT_THAT(recorder_.last(), HasSubstr("'PLUGIN CREATOR_V3ONE'"));
  EXPECT_EQ(add(pool, ""), ErrorCode::kSUCCESS);
  EXPECT_EQ(add(twin, ""), ErrorCode::kINVALID_CONFIG);
  EXPECT_THAT(recorder_.last(), HasSubstr("registered already"));
}

// Shows S-REG-3.
TEST_F(SafeRegistryTest, TakesAHundredCreators) {
  std::deque<Creator> creators;
  for (int i = 0; i < 101; ++i) creators.emplace_back("P" + std::to_string(i), "1", "");
  for (size_t i = 0; i < 100; ++i) EXPECT_EQ(add(creators[i], ""), ErrorCode::kSUCCESS) << i;
  EXPECT_EQ(add(creators[100], ""), ErrorCode::kINVALID_CONFIG);
  EXPECT_THAT(recorder_.last(), HasSubstr("full with 100"));
  EXPECT_EQ(get("P99", "1", ""), ErrorCode::kSUCCESS);
}

// Shows S-REG-1.
TEST_F(SafeRegistryTest, EachCallReplacesTheRecorder) {
  TestRecorder second;
  EXPECT_EQ(getSafePluginRegistry(second), &registry_);
  EXPECT_EQ(get("None", "1", ""), ErrorCode::kINVALID_CONFIG);
  EXPECT_EQ(recorder_.getNbErrors(), 0);
  EXPECT_EQ(second.getNbErrors(), 1);
  nvinfer2::safe::ISafeRecorder* now = nullptr;
  EXPECT_EQ(registry_.getSafeRecorder(now), ErrorCode::kSUCCESS);
  EXPECT_EQ(now, &second);
  EXPECT_EQ(registry_.setSafeRecorder(recorder_), ErrorCode::kSUCCESS);
  EXPECT_EQ(get("None", "1", ""), ErrorCode::kINVALID_CONFIG);
  EXPECT_EQ(recorder_.getNbErrors(), 1);
}

}  // namespace
}  // namespace tenon::safe
