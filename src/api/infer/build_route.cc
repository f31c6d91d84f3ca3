// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Knobs, their values, and what these mean.
#include "api/infer/build_route.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "NvInferVersion.h"
#include "api/config.h"

namespace tenon::api {

namespace {

struct Knob {
  std::string name;  ///< with its dash
  std::vector<std::string> values;
  std::string normal;
  std::string help;
};

std::string values_text(const Knob& knob) {
  std::string text;
  for (const std::string& value : knob.values) text += (text.empty() ? "" : "|") + value;
  return fmt::format("{}=[{}]", knob.name, text);
}

std::vector<Knob> knobs(int cores) {
  Knob threads{"-threads", {}, std::to_string(cores), "threads that one step may use"};
  for (int count = 1; count < cores; count *= 2) threads.values.push_back(std::to_string(count));
  threads.values.push_back(threads.normal);
  std::vector<Knob> all{
      std::move(threads),
      {"-level", {"0", "1", "2", "3", "4", "5"}, "3", "builder optimization level"},
      {"-simd", {"on", "off"}, "on", "whether the library's own vector kernels are considered"}};
  if (TENON_HAS_DNNL != 0) {
    all.push_back({"-dnnl", {"on", "off"}, "on", "whether oneDNN's kernels are considered"});
  }
  return all;
}

/// Takes one word, "-knob=value".
Status take(std::string_view word, int cores, BuildRoute& route, Diagnostics& diag) {
  const size_t equals = word.find('=');
  const std::string name(word.substr(0, equals));
  const std::string value(equals == word.npos ? "" : word.substr(equals + 1));
  std::string known;
  for (const Knob& knob : knobs(cores)) {
    known += (known.empty() ? "" : ", ") + values_text(knob);
    if (knob.name != name) continue;
    if (std::find(knob.values.begin(), knob.values.end(), value) == knob.values.end()) {
      return diag.fail(Code::InvalidArgument, "build route: \"{}\" is no value of {}", value,
                       values_text(knob));
    }
    if (name == "-threads") {
      route.threads = std::stoi(value);
    } else if (name == "-level") {
      route.level = std::stoi(value);
    } else if (value == "off") {
      route.left_out.push_back(name.substr(1));
    }
    return {};
  }
  return diag.fail(Code::InvalidArgument, "build route: there is no knob \"{}\"; knobs are {}",
                   name, known);
}

}  // namespace

Result<BuildRoute> parse_route(std::string_view text, int cores, Diagnostics& diag) {
  BuildRoute route;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) TENON_TRY(take(text.substr(0, end), cores, route, diag));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return route;
}

std::string knobs_json(int cores) {
  nlohmann::ordered_json options = nlohmann::ordered_json::array();
  for (const Knob& knob : knobs(cores)) {
    options.push_back({{"option", knob.name},
                       {"allowed_values", values_text(knob)},
                       {"default_value", knob.normal},
                       {"help", knob.help}});
  }
  const std::string version =
      fmt::format("{}.{}.{}", NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH);
  return nlohmann::ordered_json{{"tuner_version", version}, {"tuner_options", options}}.dump(1);
}

}  // namespace tenon::api
