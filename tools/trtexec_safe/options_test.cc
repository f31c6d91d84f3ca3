// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Flags, their defaults and refusals.
#include "tools/trtexec_safe/options.h"

#include <gtest/gtest.h>

namespace tenon::trtexec_safe {
namespace {

std::string refusal(const std::string& word) {
  try {
    (void)parse({word});
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(OptionsTest, DefaultsAreTheKnownOnes) {
  const Options options = parse({});
  EXPECT_EQ(options.engine, "sample.engine");
  EXPECT_EQ(options.iterations, 10);
  EXPECT_EQ(options.average_runs, 10);
  EXPECT_EQ(options.warm_up, 1);
  EXPECT_EQ(options.duration_s, 3);
  EXPECT_EQ(options.sleep_ms, 2);
  EXPECT_EQ(options.idle_ms, 0);
  EXPECT_EQ(options.percentile, 99);
  EXPECT_EQ(options.threads, 1);
  EXPECT_EQ(options.io_profile, 0);
  EXPECT_TRUE(options.capture);
  EXPECT_FALSE(options.scratch);
}

TEST(OptionsTest, ReadsEveryKindOfValue) {
  const Options options = parse(
      {"--loadEngine=a.engine", "--safetyPlugins=a.so[::A]", "--safePlugins=b.so[ns::B]",
       "--loadInputs='x:0':x.bin,y:y.bin", "--ioProfileId=1", "--useScratch", "--duration=0.5",
       "--percentile=99.9", "--threads=3", "--spin", "--noCudaGraph", "--useCudaGraph"});
  EXPECT_EQ(options.engine, "a.engine");
  ASSERT_EQ(options.plugins.size(), 2U);
  EXPECT_EQ(options.plugins[1].plugins[0].space, "ns");
  EXPECT_EQ(options.inputs.at("x:0"), "x.bin");
  EXPECT_EQ(options.inputs.at("y"), "y.bin");
  EXPECT_EQ(options.io_profile, 1);
  EXPECT_EQ(options.duration_s, 0.5);
  EXPECT_EQ(options.percentile, 99.9);
  EXPECT_EQ(options.threads, 3);
  EXPECT_TRUE(options.scratch && options.spin);
  EXPECT_FALSE(options.capture);
  EXPECT_EQ(options.notes.size(), 1U);
}

// Shows S-TOOL-2.
TEST(OptionsTest, RefusalsNameTheFlag) {
  for (const char* word :
       {"--nothing", "--iterations", "--iterations=", "--iterations=0", "--iterations=many",
        "--ioProfileId=-1", "--percentile=101", "--duration=nan", "--spin=1", "--loadInputs=x",
        "--safetyPlugins=a.so", "--threads=0"}) {
    const std::string name = std::string(word).substr(0, std::string(word).find('='));
    EXPECT_NE(refusal(word).find(name), std::string::npos) << word << ": " << refusal(word);
  }
}

TEST(OptionsTest, HelpNamesEveryFlag) {
  for (const char* name : {"--loadEngine", "--safetyPlugins", "--loadInputs", "--noCudaGraph",
                           "--useScratch", "--separateProfileRun", "--debug"}) {
    EXPECT_NE(help_text().find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace tenon::trtexec_safe
