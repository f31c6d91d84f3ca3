// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every test/golden/onnx/<case>.onnx must import as <case>.ir says: errors and warnings as comment
// lines, then the graph unless it was refused. With --update the .ir files are rewritten instead.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "importers/onnx/import.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace tenon::onnx {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "test/golden/onnx";
bool update = false;

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(kFolder, none)) {
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

/// What the import says and makes, as text.
std::string outcome(const fs::path& model) {
  CollectingSink sink;
  Diagnostics diag(sink);
  auto file = MappedFile::open(model.string(), diag);
  if (!file.ok()) return sink.errors();
  const auto owner = std::make_shared<MappedFile>(std::move(*file));
  ir::Graph graph;
  std::vector<Fault> faults;
  const Status status = import(owner->bytes(), owner, {}, graph, diag, &faults);
  std::string text;
  for (const CollectingSink::Entry& entry : sink.entries) {
    if (entry.severity > Severity::Warning) continue;
    const bool warning = entry.severity == Severity::Warning;
    text += fmt::format("# {}: {}\n", warning ? "warning" : to_string(entry.code), entry.text);
  }
  const auto errors = static_cast<size_t>(std::ranges::count_if(
      sink.entries, [](const auto& entry) { return entry.severity <= Severity::Error; }));
  EXPECT_EQ(faults.size(), errors) << "every error is a fault";
  if (!status.ok()) return text;
  EXPECT_TRUE(ir::verify(graph, diag).ok()) << sink.errors();
  return text + ir::print(graph);
}

class OnnxGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(OnnxGolden, ImportsAsExpected) {
  const fs::path path = fs::path(kFolder) / GetParam();
  const std::string made = outcome(path.string() + ".onnx");
  if (update) {
    std::ofstream(path.string() + ".ir") << made;
    return;
  }
  std::stringstream expected;
  expected << std::ifstream(path.string() + ".ir").rdbuf();
  EXPECT_EQ(made, expected.str()) << "if right, run with --update";
}

INSTANTIATE_TEST_SUITE_P(Models, OnnxGolden, ::testing::ValuesIn(case_names()),
                         [](const auto& golden) { return golden.param; });

}  // namespace
}  // namespace tenon::onnx

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  tenon::onnx::update = argc > 1 && std::string_view(argv[1]) == "--update";
  return RUN_ALL_TESTS();
}
