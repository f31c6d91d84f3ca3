// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine knows the build of each plugin library, and a different one is explained, not refused.
#include <gtest/gtest.h>

#include "factor.h"
#include "sayings.h"
#include "tenon/resolve.h"

namespace {

using namespace nvinfer1;

class Digests : public testing::Test {
 protected:
  void SetUp() override {
    engine_ = factor::build(sayings_, TENON_FACTOR_TWICE);
    ASSERT_NE(engine_, nullptr) << sayings_.errors;
    runtime_.reset(createInferRuntime(sayings_));
  }
  float load_with(char const* library) {
    EXPECT_NE(runtime_->getPluginRegistry().loadLibrary(library), nullptr) << sayings_.errors;
    std::unique_ptr<ICudaEngine> const engine(
        runtime_->deserializeCudaEngine(engine_->data(), engine_->size()));
    return engine == nullptr ? 0 : factor::run(*engine);
  }

  Sayings sayings_;
  std::unique_ptr<IHostMemory> engine_;
  std::unique_ptr<IRuntime> runtime_;
};

TEST_F(Digests, OfTheSameBuildAreSilent) {
  EXPECT_EQ(load_with(TENON_FACTOR_TWICE), 2);
  EXPECT_EQ(sayings_.warnings, "");
}

TEST_F(Digests, OfACopyUnderAnotherNameAreSilent) {
  auto const copy = factor::copy_of(TENON_FACTOR_TWICE, "librenamed.so");
  EXPECT_EQ(load_with(copy.c_str()), 2);
  EXPECT_EQ(sayings_.warnings, "");
}

TEST_F(Digests, OfAnotherBuildAreExplained) {
  EXPECT_EQ(load_with(TENON_FACTOR_THRICE), 3) << "no refusal";
  for (char const* part : {"plugin name \"Scripted\", version \"1\", namespace \"test\"",
                           "another build of its library", "built with libfactor.so (digest ",
                           "loaded " TENON_FACTOR_THRICE " (digest "}) {
    EXPECT_NE(sayings_.warnings.find(part), std::string::npos) << part << "\n" << sayings_.warnings;
  }
}

TEST_F(Digests, AreShownByWhy) {
  tenon::Question question;
  question.data = engine_->data();
  question.size = engine_->size();
  auto const answer = [&] {
    std::unique_ptr<IHostMemory> const text(tenon::why(question, sayings_));
    return text == nullptr ? sayings_.errors
                           : std::string(static_cast<char const*>(text->data()), text->size());
  };
  EXPECT_NE(answer().find("plugin library libfactor.so, digest "), std::string::npos) << answer();
  EXPECT_EQ(answer().find("another build"), std::string::npos) << answer();
  auto const handle = getPluginRegistry()->loadLibrary(TENON_FACTOR_THRICE);
  ASSERT_NE(handle, nullptr);
  EXPECT_NE(answer().find("another build of its library"), std::string::npos) << answer();
  getPluginRegistry()->deregisterLibrary(handle);
}

}  // namespace
