// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fields survive the way through attributes and engine files, and trust nobody's bytes.
#include "plugin/adapt/fields.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tenon::plugin {
namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldCollection;
using nvinfer1::PluginFieldType;

TEST(Fields, ComeBackFromBytesAsTheyWere) {
  const int32_t kernel[] = {2, 3};
  const char raw[] = {1, 2, 3};
  nvinfer1::Dims dims{2, {4, 5, 99}};  // The third entry carries no meaning.
  const PluginField fields[] = {{"kernel", kernel, PluginFieldType::kINT32, 2},
                                {"parameters", raw, PluginFieldType::kUNKNOWN, 3},
                                {"dims", &dims, PluginFieldType::kDIMS, 1}};
  const PluginFieldCollection collection{3, fields};
  auto store = FieldStore::copy(&collection);
  ASSERT_TRUE(store.ok());
  const Bytes bytes = store->pack();
  auto back = FieldStore::unpack(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->pack(), bytes);
  const PluginFieldCollection& got = *back->collection();
  ASSERT_EQ(got.nbFields, 3);
  EXPECT_STREQ(got.fields[0].name, "kernel");
  EXPECT_EQ(std::memcmp(got.fields[0].data, kernel, sizeof kernel), 0);
  EXPECT_EQ(got.fields[1].length, 3);
  EXPECT_EQ(static_cast<const nvinfer1::Dims*>(got.fields[2].data)->d[1], 5);
  dims.d[2] = 7;
  EXPECT_EQ(FieldStore::copy(&collection)->pack(), bytes);
}

TEST(Fields, RefuseDanglingOnes) {
  const PluginField fields[] = {{"kernel", nullptr, PluginFieldType::kINT32, 2}};
  const PluginFieldCollection collection{1, fields};
  EXPECT_FALSE(FieldStore::copy(&collection).ok());
  EXPECT_TRUE(FieldStore::copy(nullptr).ok());
}

TEST(Fields, AreCutAtEveryLengthWithoutHarm) {
  const float scale = 2;
  const PluginField fields[] = {{"scale", &scale, PluginFieldType::kFLOAT32, 1}};
  const PluginFieldCollection collection{1, fields};
  const Bytes bytes = FieldStore::copy(&collection)->pack();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(FieldStore::unpack(std::span(bytes).first(length)).ok()) << length;
  }
  Bytes flipped = bytes;
  flipped[flipped.size() - sizeof(float) - 1] = std::byte{0xff};  // A negative length.
  EXPECT_FALSE(FieldStore::unpack(flipped).ok());
}

TEST(Fields, FollowTheTableOfAttributes) {
  const std::vector<ops::ForeignAttribute> attributes{
      {"ints", std::vector<int64_t>{1, int64_t{1} << 40}, false},
      {"alpha", std::vector<float>{0.5F}, true},
      {"mode", std::vector<std::string>{"max"}, true},
      {"names", std::vector<std::string>{"a", "b"}, false},
      {"unasked", std::vector<float>{1}, true}};
  const PluginField wanted[] = {{"alpha"}, {"ints"}, {"mode"}, {"names"}, {"pType"}};
  const PluginFieldCollection understood{5, wanted};
  CollectingSink sink;
  Diagnostics diag(sink);
  auto store = FieldStore::from_attributes(attributes, &understood, diag);
  ASSERT_TRUE(store.ok());
  const PluginFieldCollection& got = *store->collection();
  ASSERT_EQ(got.nbFields, 4);
  EXPECT_EQ(got.fields[0].type, PluginFieldType::kFLOAT32);
  EXPECT_EQ(got.fields[1].type, PluginFieldType::kINT32);
  EXPECT_EQ(static_cast<const int32_t*>(got.fields[1].data)[1], INT32_MAX);
  EXPECT_EQ(got.fields[2].length, 3);
  EXPECT_EQ(std::memcmp(got.fields[3].data, "a\0b\0", 4), 0);
  ASSERT_EQ(sink.entries.size(), 1U);
  EXPECT_EQ(sink.entries[0].severity, Severity::Warning);
  EXPECT_NE(sink.entries[0].text.find("Attribute pType not found"), std::string::npos);
  EXPECT_EQ(store->describe(),
            R"({"alpha":0.5,"ints":[1,2147483647],"mode":"max","names":"a?b?"})");
}

}  // namespace
}  // namespace tenon::plugin
