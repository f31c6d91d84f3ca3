// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin libraries travel inside engines, and run with the caller's consent alone.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "factor.h"
#include "sayings.h"

namespace {

using namespace nvinfer1;

std::unique_ptr<ICudaEngine> load(IRuntime& runtime, IHostMemory const& engine) {
  return std::unique_ptr<ICudaEngine>(runtime.deserializeCudaEngine(engine.data(), engine.size()));
}

class InnerLibraries : public testing::Test {
 protected:
  void SetUp() override {
    engine_ = factor::build(sayings_, TENON_FACTOR_TWICE, {TENON_FACTOR_TWICE});
    ASSERT_NE(engine_, nullptr) << sayings_.errors;
    runtime_.reset(createInferRuntime(sayings_));
  }

  Sayings sayings_;
  std::unique_ptr<IHostMemory> engine_;
  std::unique_ptr<IRuntime> runtime_;
};

TEST_F(InnerLibraries, AreSettingsOfABuild) {
  std::unique_ptr<IBuilder> const builder(createInferBuilder(sayings_));
  std::unique_ptr<IBuilderConfig> const config(builder->createBuilderConfig());
  EXPECT_EQ(config->getNbPluginsToSerialize(), 0);
  char const* const paths[] = {"a.so", "b.so"};
  config->setPluginsToSerialize(paths, 2);
  EXPECT_EQ(config->getNbPluginsToSerialize(), 2);
  EXPECT_STREQ(config->getPluginToSerialize(1), "b.so");
  EXPECT_EQ(config->getPluginToSerialize(2), nullptr);
  config->reset();
  EXPECT_EQ(config->getNbPluginsToSerialize(), 0);
}

TEST_F(InnerLibraries, AreRefusedWithoutConsent) {
  EXPECT_FALSE(runtime_->getEngineHostCodeAllowed());
  EXPECT_EQ(load(*runtime_, *engine_), nullptr);
  EXPECT_NE(sayings_.errors.find("libfactor.so"), std::string::npos) << sayings_.errors;
  EXPECT_NE(sayings_.errors.find("setEngineHostCodeAllowed(true)"), std::string::npos);
  int32_t count = -1;
  runtime_->getPluginRegistry().getAllCreators(&count);
  EXPECT_EQ(count, 0);
}

TEST_F(InnerLibraries, RunWithConsentAndLeaveWithTheLastEngine) {
  runtime_->setEngineHostCodeAllowed(true);
  auto first = load(*runtime_, *engine_);
  auto second = load(*runtime_, *engine_);
  ASSERT_NE(first, nullptr) << sayings_.errors;
  ASSERT_NE(second, nullptr) << sayings_.errors;
  EXPECT_EQ(factor::run(*first), 2);
  EXPECT_EQ(factor::run(*second), 2);
  int32_t count = -1;
  runtime_->getPluginRegistry().getPluginCreatorList(&count);
  EXPECT_EQ(count, 1);
  first.reset();
  EXPECT_EQ(factor::run(*second), 2);
  second.reset();
  runtime_->getPluginRegistry().getAllCreators(&count);
  EXPECT_EQ(count, 0);
  EXPECT_EQ(sayings_.errors + sayings_.warnings, "");
}

TEST_F(InnerLibraries, OutliveTheirRuntime) {
  runtime_->setEngineHostCodeAllowed(true);
  auto const engine = load(*runtime_, *engine_);
  runtime_.reset();
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  EXPECT_EQ(factor::run(*engine), 2);
}

TEST_F(InnerLibraries, DoNotMixAcrossRuntimes) {
  auto const thrice = factor::build(sayings_, TENON_FACTOR_THRICE, {TENON_FACTOR_THRICE});
  ASSERT_NE(thrice, nullptr) << sayings_.errors;
  std::unique_ptr<IRuntime> const other(createInferRuntime(sayings_));
  runtime_->setEngineHostCodeAllowed(true);
  other->setEngineHostCodeAllowed(true);
  auto const two = load(*runtime_, *engine_);
  auto const three = load(*other, *thrice);
  ASSERT_NE(two, nullptr) << sayings_.errors;
  ASSERT_NE(three, nullptr) << sayings_.errors;
  EXPECT_EQ(factor::run(*two), 2);
  EXPECT_EQ(factor::run(*three), 3);
  EXPECT_EQ(sayings_.warnings, "");
}

TEST_F(InnerLibraries, YieldToThoseOfTheRegistryAndSaySo) {
  runtime_->setEngineHostCodeAllowed(true);
  ASSERT_NE(runtime_->getPluginRegistry().loadLibrary(TENON_FACTOR_THRICE), nullptr);
  auto const engine = load(*runtime_, *engine_);
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  EXPECT_EQ(factor::run(*engine), 3);
  EXPECT_NE(sayings_.warnings.find("libfactor.so inside the engine is not used"), std::string::npos)
      << sayings_.warnings;
  EXPECT_NE(sayings_.warnings.find("another build of its library"), std::string::npos);
}

TEST_F(InnerLibraries, GoWhereTemporaryFilesMayBe) {
  namespace fs = std::filesystem;
  fs::path const folder =
      fs::path(factor::copy_of(TENON_FACTOR_TWICE, "unused.so")).parent_path() / "temporary";
  fs::create_directories(folder);
  runtime_->setEngineHostCodeAllowed(true);
  auto const bit = [](TempfileControlFlag flag) { return 1U << static_cast<unsigned>(flag); };
  runtime_->setTemporaryDirectory(folder.c_str());
  runtime_->setTempfileControlFlags(bit(TempfileControlFlag::kALLOW_TEMPORARY_FILES));
  {
    auto const engine = load(*runtime_, *engine_);
    ASSERT_NE(engine, nullptr) << sayings_.errors;
    EXPECT_EQ(factor::run(*engine), 2);
    EXPECT_TRUE(fs::is_empty(folder)) << "nothing may stay behind";
  }
  runtime_->setTemporaryDirectory((folder / "nowhere").c_str());
  EXPECT_EQ(load(*runtime_, *engine_), nullptr);
  EXPECT_NE(sayings_.errors.find("libfactor.so inside the engine cannot be opened"),
            std::string::npos)
      << sayings_.errors;
  EXPECT_NE(sayings_.errors.find("nowhere"), std::string::npos);
  sayings_.errors.clear();
  runtime_->setTempfileControlFlags(0);
  EXPECT_EQ(load(*runtime_, *engine_), nullptr);
  EXPECT_NE(sayings_.errors.find("setTempfileControlFlags"), std::string::npos) << sayings_.errors;
  runtime_->setTempfileControlFlags(bit(TempfileControlFlag::kALLOW_IN_MEMORY_FILES));
  auto const engine = load(*runtime_, *engine_);
  ASSERT_NE(engine, nullptr) << sayings_.errors;
  EXPECT_EQ(factor::run(*engine), 2);
}

TEST_F(InnerLibraries, ThatAreNoneAreNamedInTheBuild) {
  for (char const* path : {TENON_NO_CREATORS, "/nowhere/libmissing.so", TENON_TEXT_FILE}) {
    sayings_.errors.clear();
    EXPECT_EQ(factor::build(sayings_, TENON_FACTOR_TWICE, {path}), nullptr) << path;
    EXPECT_NE(sayings_.errors.find(path), std::string::npos) << sayings_.errors;
  }
}

TEST_F(InnerLibraries, GiveEqualBytesForEqualLibraries) {
  auto const again =
      factor::build(sayings_, TENON_FACTOR_TWICE, {TENON_FACTOR_TWICE, TENON_FACTOR_TWICE});
  ASSERT_NE(again, nullptr) << sayings_.errors;
  auto const copied = factor::copy_of(TENON_FACTOR_TWICE, "libfactor.so");
  auto const moved = factor::build(sayings_, copied.c_str(), {copied.c_str()});
  ASSERT_NE(moved, nullptr) << sayings_.errors;
  std::string const one(static_cast<char const*>(engine_->data()), engine_->size());
  // The record holds measured times; everything before it is equal.
  size_t const record = one.find("{\"");
  for (IHostMemory const* other : {again.get(), moved.get()}) {
    std::string const two(static_cast<char const*>(other->data()), other->size());
    size_t const library = one.find(
        "\x7F"
        "ELF");
    ASSERT_NE(library, std::string::npos);
    EXPECT_EQ(one.substr(library, record - library), two.substr(library, record - library));
  }
}

TEST_F(InnerLibraries, DamagedOnesAreRefused) {
  runtime_->setEngineHostCodeAllowed(true);
  std::string damaged(static_cast<char const*>(engine_->data()), engine_->size());
  size_t const library = damaged.find(
      "\x7F"
      "ELF");
  ASSERT_NE(library, std::string::npos);
  damaged[library + 100] ^= 1;
  EXPECT_EQ(runtime_->deserializeCudaEngine(damaged.data(), damaged.size()), nullptr);
  EXPECT_NE(sayings_.errors.find("checksum of section 'libraries'"), std::string::npos)
      << sayings_.errors;
}

}  // namespace
