// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Secrets stay whole while they live, lie where core dumps do not look, and are gone afterwards.
#include "remote/secret.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace tenon::remote {
namespace {

/// The flags of the mapping that holds an address.
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2) {
      inside = begin <= wanted && wanted < end;
    } else if (inside && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return {};
}

TEST(Secret, GrowsShrinksAndMoves) {
  Secret one("abc");
  for (int i = 0; i < 10000; ++i) one.append('x');
  EXPECT_EQ(one.view().size(), 10003U);
  EXPECT_EQ(one.view().substr(0, 4), "abcx");
  one.shorten();
  EXPECT_EQ(one.view().size(), 10002U);
  Secret other(std::move(one));
  EXPECT_TRUE(one.empty());  // NOLINT(bugprone-use-after-move): what a moved one is, is promised
  EXPECT_STREQ(one.c_str(), "");
  one = Secret("second");
  other = std::move(one);
  EXPECT_STREQ(other.c_str(), "second");
  other.clear();
  EXPECT_TRUE(other.empty());
}

TEST(Secret, StaysOutOfCoreDumps) {
  const Secret secret("hush");
  EXPECT_NE(flags_of(secret.c_str()).find(" dd "), std::string::npos);
}

TEST(Secret, Wipes) {
  char text[] = "hush";
  wipe(text, sizeof text);
  for (const char letter : text) EXPECT_EQ(letter, 0);
}

}  // namespace
}  // namespace tenon::remote
