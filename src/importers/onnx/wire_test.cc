// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include "importers/onnx/wire.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "importers/onnx/test_model.h"

namespace tenon::onnx {
namespace {

using testing::attribute;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Imported;
using testing::Model;

View view(const std::string& bytes) { return std::as_bytes(std::span(bytes)); }

/// Decodes, and gives what was said when that failed.
std::string refusal(const std::string& bytes) {
  CollectingSink sink;
  Diagnostics diag(sink);
  wire::Model model;
  return wire::decode_model(view(bytes), model, diag).ok() ? "" : sink.errors();
}

TEST(Fields, ReadsNumbersListsAndBytes) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_int64(1, -3);
  writer.add_float(2, 0.5F);
  writer.add_string(3, "text");
  const std::vector<int64_t> packed{1, -1, int64_t{1} << 40};
  writer.add_packed_int64(4, packed.begin(), packed.end());
  writer.add_int64(4, 7);
  Fields fields(view(bytes));
  ASSERT_TRUE(fields.next());
  EXPECT_EQ(fields.integer(), -3);
  ASSERT_TRUE(fields.next());
  EXPECT_EQ(fields.real(), 0.5F);
  ASSERT_TRUE(fields.next());
  EXPECT_EQ(fields.text(), "text");
  std::vector<int64_t> list;
  while (fields.next()) fields.append_to(list);
  EXPECT_THAT(list, ElementsAre(1, -1, int64_t{1} << 40, 7));
  EXPECT_TRUE(fields.ok());
}

TEST(Fields, RefusesWhatRunsPastTheEnd) {
  for (const std::string& bytes : {std::string("\x0a\x05"
                                               "abc"),
                                   std::string("\x08\xff"), std::string("\x0d\x01\x02"),
                                   std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                                   std::string("\x0b"), std::string("\x00\x00", 2)}) {
    Fields fields(view(bytes));
    while (fields.next()) {
    }
    EXPECT_FALSE(fields.ok()) << ::testing::PrintToString(bytes);
  }
}

TEST(Fields, RefusesAnotherKindOfValue) {
  const std::string bytes = testing::message("name", "");
  Fields fields(view(bytes));
  ASSERT_TRUE(fields.next());
  EXPECT_EQ(fields.integer(), 0);
  EXPECT_STREQ(fields.fault(), "a field holds another kind of value than ONNX says");
  EXPECT_FALSE(fields.next());
}

TEST(Wire, SaysWhereAFileIsBroken) {
  EXPECT_THAT(refusal(""), HasSubstr("(the file is empty)"));
  EXPECT_THAT(refusal("Once upon a time"), HasSubstr("at byte"));
  EXPECT_THAT(refusal("\x08\x07"), HasSubstr("it holds no graph"));
}

TEST(Wire, LimitsOperatorSets) {
  Model model(13);
  for (int i = 0; i < 1100; ++i) model.import("domain" + std::to_string(i), 1);
  EXPECT_THAT(refusal(model.bytes()), HasSubstr("more than 1024 operator sets"));
}

TEST(Wire, TakesTypesFromValuesWhereAFileGivesNone) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_string(1, "axis");
  writer.add_int64(3, 2);
  std::string node;
  protozero::pbf_writer node_writer(node);
  node_writer.add_string(4, "Concat");
  node_writer.add_message(5, bytes);
  std::string graph;
  protozero::pbf_writer(graph).add_message(1, node);
  std::string file;
  protozero::pbf_writer(file).add_message(7, graph);
  CollectingSink sink;
  Diagnostics diag(sink);
  wire::Model model;
  ASSERT_TRUE(wire::decode_model(view(file), model, diag).ok()) << sink.errors();
  const wire::Attribute* axis = model.graph->nodes[0].find("axis");
  ASSERT_NE(axis, nullptr);
  EXPECT_EQ(axis->type, wire::AttributeType::Int);
  EXPECT_EQ(axis->integer, 2);
}

std::string shipped_model() {
  std::ifstream file("models/mnist.onnx", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Wire, SurvivesAFileCutOffAnywhere) {
  const std::string whole = shipped_model();
  ASSERT_FALSE(whole.empty());
  ASSERT_TRUE(Imported(whole).status.ok());
  for (size_t length = 0; length < whole.size(); ++length) {
    const Imported cut(whole.substr(0, length));
    EXPECT_FALSE(cut.status.ok()) << "cut off at " << length;
    EXPECT_FALSE(cut.faults.empty());
  }
}

TEST(Wire, SurvivesChangedBytes) {
  const std::string whole = shipped_model();
  ASSERT_FALSE(whole.empty());
  uint32_t random = 1;
  size_t refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string changed = whole;
    for (int k = 0; k < 3; ++k) {
      random = random * 1664525U + 1013904223U;
      // Most bytes are weights, which may be anything: change the others.
      const size_t at = random % 2 == 0 ? (random >> 8) % 600 : (random >> 8) % whole.size();
      changed[at] = static_cast<char>(random >> 24);
    }
    const Imported imported(changed);
    EXPECT_EQ(imported.status.ok(), imported.faults.empty());
    refused += imported.status.ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace tenon::onnx
