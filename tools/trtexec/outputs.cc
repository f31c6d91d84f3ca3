// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From bytes to numbers, and what is done with them.
#include "tools/trtexec/outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/trtexec/console.h"
#include "tools/trtexec/elements.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/network_shapes.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

namespace {

/// A number as JSON has it; an integer where the type is one.
nlohmann::ordered_json number(double value, nvinfer1::DataType type) {
  if (is_integer(type)) return static_cast<int64_t>(value);
  return value;
}

std::string file_name(const Binding& binding) {
  std::string name = binding.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == ':'; }, '_');
  std::string dims = to_text(binding.dims);
  std::replace(dims.begin(), dims.end(), 'x', '.');
  return fmt::format("{}.{}.{}.{}.raw", name, binding.input ? "input" : "output", dims,
                     to_text(binding.type));
}

/// The sum over all pairs of what `term` makes of them.
template <class Term>
double sum(const std::vector<double>& a, const std::vector<double>& b, Term term) {
  double total = 0;
  for (size_t i = 0; i < a.size(); ++i) total += term(a[i], b[i]);
  return total;
}

}  // namespace

std::vector<double> values_of(const Binding& binding) {
  std::vector<double> values(static_cast<size_t>(binding.volume()));
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t at = binding.offset(static_cast<int64_t>(i));
    values[i] = element(binding.buffer.data(), binding.type, at);
  }
  return values;
}

void dump_outputs(const Session& session) {
  console().info("Output Tensors:");
  for (const Binding& binding : session.bindings()) {
    if (binding.input) continue;
    console().info(fmt::format("{}: ({})", binding.name, to_text(binding.dims)));
    std::string line;
    for (const double value : values_of(binding)) line += fmt::format("{:g} ", value);
    console().info(line);
  }
}

void export_outputs(const Session& session, const std::string& path) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Binding& binding : session.bindings()) {
    if (binding.input) continue;
    nlohmann::ordered_json values = nlohmann::ordered_json::array();
    for (const double value : values_of(binding)) values.push_back(number(value, binding.type));
    rows.push_back({{"name", binding.name},
                    {"dimensions", to_text(binding.dims)},
                    {"values", std::move(values)}});
  }
  write_file(path, rows.dump(1) + "\n");
}

void dump_raw(const Session& session) {
  for (const Binding& binding : session.bindings()) {
    write_file(file_name(binding), binding.buffer.data(), binding.buffer.size());
    console().info(fmt::format("Wrote {}.", file_name(binding)));
  }
}

double loss(const std::vector<double>& got, const std::vector<double>& expected,
            const InferenceOptions& options) {
  const auto distance = [](double a, double b) { return std::fabs(a - b); };
  const auto square = [](double a, double b) { return (a - b) * (a - b); };
  const auto product = [](double a, double b) { return a * b; };
  const double count = std::max(static_cast<double>(got.size()), 1.0);
  switch (options.loss) {
    case Loss::L0:
      return sum(got, expected,
                 [&](double a, double b) {
                   // Written so that NaN counts as out of tolerance.
                   const bool fits = std::fabs(a - b) <= options.atol + options.rtol * std::fabs(b);
                   return fits ? 0.0 : 1.0;
                 }) /
             count;
    case Loss::L1:
      return sum(got, expected, distance) / count;
    case Loss::L2:
      return std::sqrt(sum(got, expected, square) / count);
    case Loss::LInf: {
      double greatest = 0;
      for (size_t i = 0; i < got.size(); ++i) {
        const double one = distance(got[i], expected[i]);
        if (!(one <= greatest)) greatest = one;
        if (std::isnan(one)) return one;
      }
      return greatest;
    }
    case Loss::Cosine:
      return 1 - sum(got, expected, product) /
                     std::sqrt(sum(got, got, product) * sum(expected, expected, product));
  }
  return 0;
}

bool check_references(const Session& session, const DataPair& data, const InferenceOptions& options,
                      std::map<std::string, double>& losses) {
  bool passed = true;
  size_t used = 0;
  for (const Binding& binding : session.bindings()) {
    const std::string* path = binding.input ? nullptr : find(data.references, binding.name);
    if (path == nullptr) continue;
    ++used;
    const MappedFile file(*path);
    const int64_t count = binding.volume();
    if (file.size() != bytes_of(binding.type, count)) {
      throw Failure(fmt::format("{} has {} bytes, but output {} of {} {} has {}.", *path,
                                file.size(), binding.name, to_text(binding.dims),
                                to_text(binding.type), bytes_of(binding.type, count)));
    }
    std::vector<double> expected;
    for (int64_t i = 0; i < count; ++i) expected.push_back(element(file.data(), binding.type, i));
    const double far = loss(values_of(binding), expected, options);
    losses[binding.name] = far;
    const bool good = far <= options.threshold;
    passed = passed && good;
    const std::string text = fmt::format("Output {}: loss {:g}, threshold {:g}: {}.", binding.name,
                                         far, options.threshold, good ? "passed" : "failed");
    good ? console().info(text) : console().error(text);
  }
  if (used < data.references.size()) {
    throw Failure("--loadRefOutputs names a tensor that is no output of the engine.");
  }
  return passed;
}

}  // namespace tenon::trtexec
