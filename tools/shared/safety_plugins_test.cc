// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The grammar of --safetyPlugins.
#include "tools/shared/safety_plugins.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tenon::tools {
namespace {

TEST(SafetyPluginsTest, ReadsNamespacesAndNames) {
  const SafetyPluginLibrary library = parse_safety_plugins("lib/a.so[::Pool,acme::Scale,Plain]");
  EXPECT_EQ(library.path, "lib/a.so");
  ASSERT_EQ(library.plugins.size(), 3U);
  EXPECT_EQ(library.plugins[0].space, "");
  EXPECT_EQ(library.plugins[0].name, "Pool");
  EXPECT_EQ(library.plugins[1].space, "acme");
  EXPECT_EQ(library.plugins[1].name, "Scale");
  EXPECT_EQ(library.plugins[2].space, "");
  EXPECT_EQ(library.plugins[2].name, "Plain");
}

// Shows S-TOOL-2.
TEST(SafetyPluginsTest, RefusesOtherTexts) {
  for (const char* text : {"", "a.so", "a.so[", "a.so]", "[::Pool]", "a.so[]", "a.so[::]",
                           "a.so[Pool,]", "a.so[Pool]x"}) {
    EXPECT_THROW(parse_safety_plugins(text), std::runtime_error) << text;
  }
}

TEST(SafetyPluginsTest, SaysHowItIsWritten) {
  try {
    parse_safety_plugins("mine.so");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("LIB[NAMESPACE::NAME,…]"), std::string::npos);
  }
}

}  // namespace
}  // namespace tenon::tools
