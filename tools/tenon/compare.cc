// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two runs of one model on the same numbers, and where they part.
#include "tools/tenon/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tools/tenon/environment.h"
#include "tools/tenon/watched_run.h"

namespace tenon::command {

namespace {

/// How two tensors of one name differ.
struct Difference {
  std::string tensor, layer;
  size_t elements = 0, worst = 0;
  double greatest = 0;   ///< max|a-b|
  double magnitude = 0;  ///< max|b|
  double wanted = 0, found = 0;
  bool agrees = true;
};

Difference differ(const std::string& name, const std::vector<double>& tuned,
                  const std::vector<double>& reference, const CompareArguments& how) {
  Difference one;
  one.tensor = name;
  one.elements = reference.size();
  one.agrees = tuned.size() == reference.size();
  for (size_t i = 0; one.agrees && i < reference.size(); ++i) {
    const double a = tuned[i], b = reference[i];
    if (std::isfinite(b)) one.magnitude = std::max(one.magnitude, std::abs(b));
    const bool same = a == b || (std::isnan(a) && std::isnan(b));
    const double distance = same ? 0 : std::abs(a - b);
    if (distance <= one.greatest) continue;
    one.greatest = std::isnan(distance) ? INFINITY : distance;
    one.worst = i;
    one.found = a;
    one.wanted = b;
    if (std::isinf(one.greatest)) break;
  }
  one.agrees = one.agrees && one.greatest <= how.atol + how.rtol * one.magnitude;
  return one;
}

/// "name:1x3x8x8", also several behind one another: "a:1x2,b:3".
ShapeMap read_shapes(const std::vector<std::string>& texts) {
  ShapeMap shapes;
  for (const std::string& text : texts) {
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find(',', begin), text.size());
      const std::string one = text.substr(begin, end - begin);
      const size_t colon = one.rfind(':');
      if (colon == one.npos) throw std::runtime_error("a shape is name:1x3x8x8, not " + one);
      std::vector<int64_t>& extents = shapes[one.substr(0, colon)];
      for (size_t at = colon; at != one.npos; at = one.find('x', at + 1)) {
        extents.push_back(std::strtoll(one.c_str() + at + 1, nullptr, 10));
      }
      begin = end + 1;
    }
  }
  return shapes;
}

std::vector<Difference> run_both(const CompareArguments& arguments, nvinfer1::ILogger& logger) {
  ModelRun run{arguments.path, read_shapes(arguments.shapes), arguments.seed, {}};
  std::map<std::string, std::vector<double>> reference;
  run.show = [&](const std::string& name, std::vector<double> values) {
    reference[name] = std::move(values);
  };
  {
    // Operators as the model has them, one after the other, on the reference kernels.
    const Variable backends("TENON_BACKENDS", "ref");
    const Variable passes("TENON_SKIP_PASS",
                          "fold_pad,fold_batch_norm,fold_scale,fuse_epilogue,fuse_pointwise");
    run_model(run, logger);
  }
  std::vector<Difference> all;
  run.show = [&](const std::string& name, const std::vector<double>& values) {
    const auto wanted = reference.find(name);
    if (wanted != reference.end()) {
      all.push_back(differ(name, values, wanted->second, arguments));
    }
  };
  const auto layers = run_model(run, logger);
  for (Difference& one : all) {
    if (const auto layer = layers.find(one.tensor); layer != layers.end())
      one.layer = layer->second;
  }
  return all;
}

void print_text(const std::vector<Difference>& all, const Difference* first) {
  for (const Difference& one : all) {
    std::printf("%-8s %-40s max|a-b| %.3g of max|b| %.3g\n", one.agrees ? "ok" : "DIFFERS",
                one.tensor.c_str(), one.greatest, one.magnitude);
  }
  if (first == nullptr) {
    std::printf("%zu tensors compared: all agree with the reference\n", all.size());
    return;
  }
  std::printf("%zu tensors compared: the first that differs is '%s', made by %s:\n", all.size(),
              first->tensor.c_str(), first->layer.c_str());
  std::printf("  element %zu of %zu is %.9g, the reference has %.9g\n", first->worst,
              first->elements, first->found, first->wanted);
}

void print_json(const std::vector<Difference>& all, const Difference* first) {
  using nlohmann::ordered_json;
  const auto of = [](const Difference& one) {
    return ordered_json{{"tensor", one.tensor},       {"layer", one.layer},
                        {"elements", one.elements},   {"max_difference", one.greatest},
                        {"max_value", one.magnitude}, {"worst_element", one.worst},
                        {"found", one.found},         {"reference", one.wanted},
                        {"agrees", one.agrees}};
  };
  ordered_json tensors = ordered_json::array();
  for (const Difference& one : all) tensors.push_back(of(one));
  const ordered_json answer{{"agrees", first == nullptr},
                            {"first_difference", first == nullptr ? ordered_json() : of(*first)},
                            {"tensors", std::move(tensors)}};
  std::printf("%s\n", answer.dump(2).c_str());
}

}  // namespace

int compare(const CompareArguments& arguments) {
  constexpr int kFailed = 2;
  try {
    Logger logger(arguments.verbose);
    if (!load_plugins(arguments.libraries, logger)) return kFailed;
    const std::vector<Difference> all = run_both(arguments, logger);
    const auto found = std::find_if(all.begin(), all.end(), [](auto& one) { return !one.agrees; });
    const Difference* first = found == all.end() ? nullptr : &*found;
    if (arguments.json) {
      print_json(all, first);
    } else {
      print_text(all, first);
    }
    return first == nullptr ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cannot compare '%s': %s\n", arguments.path.c_str(), error.what());
    return kFailed;
  }
}

}  // namespace tenon::command
