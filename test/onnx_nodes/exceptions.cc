// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading, writing and making lines of the list.
#include "exceptions.h"

#include <fstream>
#include <regex>
#include <sstream>

namespace tenon::onnx_nodes {

namespace {

constexpr const char* kComment =
    "# Tests of libonnx-testdata that are refused: test, class of the reason, words of the "
    "refusal.\n"
    "# operator: not built in; type: an element type we lack; container: no tensor; form: a use "
    "of\n"
    "# a built-in operator that is not supported; kernel: no reference kernel for the type;\n"
    "# data: the test's data contradict its model.\n"
    "# A test that passes, or is refused with other words, fails the run. Rewritten by\n"
    "# --update.\n";

}  // namespace

Exceptions read_exceptions(const std::string& path) {
  Exceptions exceptions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string test;
    Exception exception;
    words >> test >> exception.reason_class;
    std::getline(words >> std::ws, exception.words);
    exceptions.emplace(test, exception);
  }
  return exceptions;
}

void write_exceptions(const std::string& path, const Exceptions& exceptions) {
  std::ofstream file(path);
  file << kComment;
  for (const auto& [test, exception] : exceptions) {
    file << test << ' ' << exception.reason_class << ' ' << exception.words << '\n';
  }
}

Exception classify(const std::string& refusal) {
  struct Rule {
    const char* reason_class;
    const char* pattern;
  };
  static const Rule kRules[] = {
      {"container", R"(is an? (sequence|optional value|map|sparse tensor); only tensors)"},
      {"type", R"(of type (string|uint16|uint32|uint64|complex64|complex128))"},
      {"type", R"(casts to string)"},
      {"operator", R"(No importer registered for op: \w+)"},
      {"data", R"(is given as .*)"},
      {"kernel", R"(no reference kernel for \w+ on \w+)"},
      {"form", R"(attribute \w+ is [^;]*)"},
      {"form", R"(must be known when the engine is built)"},
  };
  for (const Rule& rule : kRules) {
    std::smatch match;
    if (std::regex_search(refusal, match, std::regex(rule.pattern))) {
      return {rule.reason_class, match.str()};
    }
  }
  // The sentence's end, after the node's name and operator.
  const size_t colon = refusal.find("): ");
  const size_t end = refusal.find('\n');
  const size_t start = colon == std::string::npos ? 0 : colon + 3;
  return {"form", refusal.substr(start, end == std::string::npos ? end : end - start)};
}

}  // namespace tenon::onnx_nodes
