// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin libraries come back from an engine file as they were; what is not exactly such a section
// is refused.
#include "plan/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "plan/checksum.h"
#include "plan/writer.h"
#include "test/faults/toy_engine.h"

namespace tenon::plan {
namespace {

Plan with_libraries() {
  Plan plan = toy::make_plan();
  plan.libraries = {{"libinside.so", {1, 2}, Bytes(1000, std::byte{0x7F})},
                    {"libbeside.so", {3, UINT64_MAX}, {}}};
  return plan;
}

Bytes bytes_of(const Plan& plan) {
  CollectingSink sink;
  Diagnostics diag(sink);
  auto file = write(plan, diag);
  EXPECT_TRUE(file.ok()) << sink.errors();
  return file.ok() ? std::move(*file) : Bytes();
}

TEST(Libraries, ComeBackAsTheyWere) {
  const Plan plan = with_libraries();
  const Bytes file = bytes_of(plan);
  const auto view = View::open(file, {.inspect_only = true});
  ASSERT_TRUE(view.ok()) << view.status().what;
  ASSERT_EQ(view->library_count(), plan.libraries.size());
  for (size_t i = 0; i < plan.libraries.size(); ++i) {
    const LibraryView library = view->library(i);
    EXPECT_EQ(library.name, plan.libraries[i].name);
    EXPECT_EQ(library.digest, plan.libraries[i].digest);
    EXPECT_TRUE(std::ranges::equal(library.bytes, plan.libraries[i].bytes));
  }
  EXPECT_EQ(file, bytes_of(plan)) << "equal plans give equal bytes";
  EXPECT_TRUE(View::open(without_record(*view), {.inspect_only = true})->library_count() == 2);
}

TEST(Libraries, AreNoneWithoutAny) {
  const Bytes file = toy::make_engine();
  EXPECT_EQ(View::open(file, {.inspect_only = true})->library_count(), 0U);
}

TEST(Libraries, WithUnfitNamesAreRefusedByTheWriter) {
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("a\0b", 3), std::string(256, 'x')}) {
    Plan plan = with_libraries();
    plan.libraries[1].name = name;
    CollectingSink sink;
    Diagnostics diag(sink);
    EXPECT_FALSE(write(plan, diag).ok()) << name;
    EXPECT_NE(sink.errors().find("name of a library"), std::string::npos) << sink.errors();
  }
}

TEST(Libraries, WithAnyByteOfTheFrameChangedAreRefusedOrSound) {
  const Bytes file = bytes_of(with_libraries());
  const auto whole = View::open(file, {.inspect_only = true});
  const auto section = whole->section(Section::Libraries);
  const size_t begin = static_cast<size_t>(section.data() - file.data());
  const size_t frame = section.size() - 1000;
  for (size_t at = begin; at < begin + frame; ++at) {
    for (const uint8_t bit : {0x01, 0x10, 0x80}) {
      Bytes changed = file;
      changed[at] ^= std::byte{bit};
      EXPECT_FALSE(View::open(changed, {.inspect_only = true}).ok()) << "the checksum is silent";
      repair_checksums(changed);
      const auto view = View::open(changed, {.inspect_only = true});
      if (!view.ok()) continue;
      size_t bytes = 0;
      for (size_t i = 0; i < view->library_count(); ++i) bytes += view->library(i).bytes.size();
      EXPECT_EQ(bytes, 1000U) << at;
    }
  }
}

TEST(Libraries, CutAnywhereAreRefused) {
  const Bytes file = bytes_of(with_libraries());
  const auto section = View::open(file, {.inspect_only = true})->section(Section::Libraries);
  for (size_t size = 1; size < section.size(); ++size) {
    EXPECT_FALSE(verify_libraries(section.first(size)).ok()) << size;
  }
  Bytes longer(section.begin(), section.end());
  longer.push_back(std::byte{0});
  EXPECT_FALSE(verify_libraries(longer).ok());
  EXPECT_TRUE(verify_libraries({}).ok());
}

}  // namespace
}  // namespace tenon::plan
