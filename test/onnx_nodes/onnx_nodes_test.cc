// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ONNX's own backend tests: every model computes what its data say, or is refused as the list says.
// With --update the list is rewritten instead. --cases=FOLDER: only the tests in that folder, all
// of which must pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "compare.h"
#include "exceptions.h"
#include "executor.h"
#include "importers/onnx/import.h"
#include "test_case.h"

namespace tenon::onnx_nodes {

namespace fs = std::filesystem;

namespace {

constexpr const char* kData = "/usr/share/libonnx-testdata/data";
constexpr const char* kSuites[] = {"node", "simple", "pytorch-operator", "pytorch-converted"};
constexpr const char* kList = "test/onnx_nodes/unsupported.txt";
bool update = false;
std::string_view cases;

/// Some data were computed with π as 3.1415, or written with four digits: what may be off there.
double inexactness(const fs::path& data_set) {
  const std::string name = data_set.string();
  const bool rough =
      name.find("window") != std::string::npos || name.find("roialign") != std::string::npos;
  return rough ? 1e-4 : 0;
}

/// Random numbers are each framework's own: type and shape alone can be compared.
bool is_random(const fs::path& data_set) {
  return data_set.string().find("bernoulli") != std::string::npos;
}

/// How one test ended. Refused: a clear sentence says that we cannot; Wrong: something else.
struct Outcome {
  enum class Kind : uint8_t { Passed, Refused, Wrong } kind = Kind::Wrong;
  std::string words;
  bool fixed_inputs = false;
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Imports and runs one model on its data; `fixed`: positions of inputs that are constants.
Outcome run(const std::string& model, const std::vector<fs::path>& data_sets,
            const std::vector<size_t>& fixed, Executor& executor) {
  CollectingSink sink;
  Diagnostics diag(sink);
  ir::Graph graph;
  onnx::Options options;
  options.evaluator = &reference_evaluator();
  const Status imported =
      onnx::import(std::as_bytes(std::span(model)), nullptr, options, graph, diag, nullptr);
  const bool unable = imported.code == Code::Unsupported;
  if (!imported.ok()) {
    return {unable ? Outcome::Kind::Refused : Outcome::Kind::Wrong, sink.errors(), false};
  }
  for (const fs::path& folder : data_sets) {
    const auto data = read_data_set(folder, diag);
    if (!data.ok()) return {Outcome::Kind::Wrong, sink.errors(), false};
    std::vector<ops::ConstantRef> inputs;
    for (size_t i = 0; i < data->inputs.size(); ++i) {
      if (std::find(fixed.begin(), fixed.end(), i) == fixed.end())
        inputs.push_back(data->inputs[i]);
    }
    const auto outputs = executor.run(graph, inputs, diag);
    if (!outputs.ok()) {
      const bool lacks_kernel = outputs.status().code == Code::Unsupported;
      const bool contradicts = outputs.status().code == Code::InvalidArgument;
      return {lacks_kernel || contradicts ? Outcome::Kind::Refused : Outcome::Kind::Wrong,
              sink.errors(), false};
    }
    for (size_t i = 0; i < data->outputs.size(); ++i) {
      if (i >= outputs->size()) return {Outcome::Kind::Wrong, "outputs are missing", false};
      const ops::ConstantData &made = *(*outputs)[i], &wanted = *data->outputs[i];
      const bool alike = made.dtype() == wanted.dtype() && made.dims() == wanted.dims();
      if (is_random(folder) && alike) continue;
      const auto fault = difference(made, wanted, inexactness(folder));
      if (fault) return {Outcome::Kind::Wrong, fmt::format("output {}: {}", i, *fault), false};
    }
  }
  return {Outcome::Kind::Passed, {}, !fixed.empty()};
}

/// Runs a test as it is; where that is refused, with its short inputs fixed: a shape, axes or a
/// scale must be known when an engine is built.
Outcome run_test(const fs::path& test, Executor& executor) {
  const std::string model = read_file(test / "model.onnx");
  const std::vector<fs::path> data_sets = data_sets_of(test);
  Outcome plain = run(model, data_sets, {}, executor);
  if (plain.kind != Outcome::Kind::Refused || data_sets.size() != 1) return plain;
  CollectingSink silent;
  Diagnostics diag(silent);
  const auto data = read_data_set(data_sets[0], diag);
  if (!data.ok()) return plain;
  for (const size_t first : {1, 0}) {
    std::vector<size_t> fixed;
    for (size_t i = first; i < data->inputs.size(); ++i) {
      if (data->inputs[i]->dims().rank() <= 1) fixed.push_back(i);
    }
    if (fixed.empty()) continue;
    Outcome outcome = run(with_fixed_inputs(model, *data, fixed), data_sets, fixed, executor);
    if (outcome.kind != Outcome::Kind::Refused) return outcome;
  }
  return plain;
}

void run_given_cases() {
  const auto executor = make_reference_executor();
  size_t passed = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(cases))) {
    const Outcome outcome = run_test(entry.path(), *executor);
    EXPECT_TRUE(outcome.kind == Outcome::Kind::Passed)
        << entry.path().filename().string() << ": " << outcome.words;
    passed += outcome.kind == Outcome::Kind::Passed ? 1 : 0;
  }
  fmt::print("{} cases passed\n", passed);
  EXPECT_GT(passed, 0U);
}

TEST(OnnxNodes, ComputeWhatTheirDataSay) {
  if (!cases.empty()) return run_given_cases();
  ASSERT_TRUE(fs::exists(kData)) << "install the package libonnx-testdata";
  const Exceptions expected = read_exceptions(kList);
  Exceptions refused;
  size_t passed = 0, fixed = 0;
  const auto executor = make_reference_executor();
  for (const char* suite : kSuites) {
    for (const auto& entry : fs::directory_iterator(fs::path(kData) / suite)) {
      const std::string name = fmt::format("{}/{}", suite, entry.path().filename().string());
      const Outcome outcome = run_test(entry.path(), *executor);
      const auto listed = expected.find(name);
      if (outcome.kind == Outcome::Kind::Passed) {
        ++passed;
        fixed += outcome.fixed_inputs ? 1 : 0;
        EXPECT_TRUE(update || listed == expected.end())
            << name << " passes now: take it off " << kList;
      } else if (outcome.kind == Outcome::Kind::Refused) {
        refused[name] = classify(outcome.words);
        if (update) continue;
        ASSERT_TRUE(listed != expected.end()) << name << " is refused: " << outcome.words;
        EXPECT_NE(outcome.words.find(listed->second.words), std::string::npos)
            << name << " is refused with other words than listed: " << outcome.words;
      } else {
        ADD_FAILURE() << name << ": " << outcome.words;
      }
    }
  }
  if (update) write_exceptions(kList, refused);
  fmt::print("{} passed ({} of them with inputs fixed), {} skipped by name in {}\n", passed, fixed,
             refused.size(), kList);
  EXPECT_GT(passed, 0U);
}

}  // namespace

}  // namespace tenon::onnx_nodes

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  constexpr std::string_view kCases = "--cases=";
  const std::string_view argument = argc > 1 ? argv[1] : "";
  tenon::onnx_nodes::update = argument == "--update";
  if (argument.starts_with(kCases)) tenon::onnx_nodes::cases = argument.substr(kCases.size());
  return RUN_ALL_TESTS();
}
