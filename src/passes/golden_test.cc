// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs every test/golden/passes/<pass>_<case>.ir: the pass named by the file, then dead_code, must
// turn the first part into the part behind "--- expected". With --update the second part is
// rewritten instead. A line "# keep: <name>" keeps that value.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ir/text.h"
#include "ir/verify.h"
#include "passes/passes.h"
#include "passes/pipeline.h"

namespace tenon::passes {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "test/golden/passes";
constexpr std::string_view kDivider = "--- expected\n";
bool update = false;

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(kFolder, none)) {
    if (entry.path().extension() == ".ir") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

/// The pass whose name a case begins with.
const Pass* pass_of(const std::string& name) {
  const Pass* found = nullptr;
  for (const Pass& pass : pipeline()) {
    if (name.starts_with(std::string(pass.name) + '_')) found = &pass;
  }
  return found;
}

/// Adds and multiplies f32 constants of one shape: enough to see what folding does to a graph.
class Arithmetic final : public ir::Evaluator {
 public:
  Result<std::vector<ops::ConstantRef>> evaluate(const ir::Node& node) override {
    const auto* op = node.as<ops::ElementWise>();
    if (!op || node.output()->dtype() != DType::F32) return Status{Code::Unsupported, "test"};
    const ops::ConstantData &a = *node.input(0)->constant(), &b = *node.input(1)->constant();
    if (a.dims() != b.dims()) return Status{Code::Unsupported, "test"};
    std::vector<float> sums;
    for (int64_t i = 0; i < a.count(); ++i) {
      const double x = a.real(i), y = b.real(i);
      sums.push_back(static_cast<float>(op->kind == ops::ElementWiseKind::Add ? x + y : x * y));
    }
    return std::vector{ops::ConstantData::of<float>(a.dims(), std::span<const float>(sums))};
  }
};

std::vector<std::string> kept_names(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream lines(text);
  constexpr std::string_view kMark = "# keep: ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) names.push_back(line.substr(kMark.size()));
  }
  return names;
}

/// From a line "# lower: <type>".
std::optional<DType> lowered_type_in(const std::string& text) {
  if (text.find("# lower: f16\n") != std::string::npos) return DType::F16;
  if (text.find("# lower: bf16\n") != std::string::npos) return DType::BF16;
  return std::nullopt;
}

/// From lines "# range: <name> <number>".
std::unordered_map<std::string, float> ranges_in(const std::string& text) {
  std::unordered_map<std::string, float> ranges;
  std::istringstream lines(text);
  constexpr std::string_view kMark = "# range: ";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kMark)) continue;
    std::istringstream words(line.substr(kMark.size()));
    std::string name;
    words >> name;
    words >> ranges[name];
  }
  return ranges;
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, TurnsIntoTheExpected) {
  const fs::path path = fs::path(kFolder) / (GetParam() + ".ir");
  std::stringstream file;
  file << std::ifstream(path).rdbuf();
  const std::string text = file.str();
  const size_t divider = text.find(kDivider);
  const std::string input = text.substr(0, divider);

  CollectingSink sink;
  Diagnostics diag(sink);
  auto graph = ir::parse(input, diag);
  ASSERT_TRUE(graph.ok()) << sink.errors();
  ASSERT_TRUE(ir::verify(**graph, diag).ok()) << sink.errors();
  const Pass* pass = pass_of(GetParam());
  ASSERT_NE(pass, nullptr) << "no pass is called like the beginning of " << path;

  Arithmetic evaluator;
  Options options;
  options.evaluator = &evaluator;
  options.keep = kept_names(input);
  options.ranges = ranges_in(input);
  options.lower_to = lowered_type_in(input);
  const Pass passes[] = {*pass, {"dead_code", dead_code}};
  ASSERT_TRUE(run_passes(**graph, passes, options, diag).ok()) << sink.errors();

  const std::string result = ir::print(**graph);
  if (update) {
    std::ofstream(path) << input << kDivider << result;
  } else {
    ASSERT_NE(divider, text.npos) << path << " has no line \"--- expected\"; run with --update";
    EXPECT_EQ(result, text.substr(divider + kDivider.size())) << "if right, run with --update";
  }
}

INSTANTIATE_TEST_SUITE_P(Passes, Golden, ::testing::ValuesIn(case_names()),
                         [](const auto& golden) { return golden.param; });

TEST(Golden, EveryPassHasAtLeastTwoCases) {
  for (const Pass& pass : pipeline()) {
    size_t cases = 0;
    for (const std::string& name : case_names()) cases += pass_of(name)->name == pass.name ? 1 : 0;
    EXPECT_GE(cases, 2U) << pass.name;
  }
}

}  // namespace
}  // namespace tenon::passes

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  tenon::passes::update = argc > 1 && std::string_view(argv[1]) == "--update";
  return RUN_ALL_TESTS();
}
