// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Accounts as lines for people.
#include <fmt/core.h>

#include "api/why/account.h"

namespace tenon::api {

namespace {

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string joined(const ordered_json& list, const char* between) {
  std::string text;
  for (const ordered_json& item : list) text += (text.empty() ? "" : between) + text_of(item);
  return text;
}

std::string plugin_text(const ordered_json& plugin) {
  return fmt::format("plugin name \"{}\", version \"{}\", namespace \"{}\"",
                     text_of(plugin["name"]), text_of(plugin["version"]),
                     text_of(plugin["namespace"]));
}

std::string node_text(const ordered_json& node) {
  std::string line = fmt::format("{}: {}", text_of(node["node"]), text_of(node["op"]));
  if (node.contains("plugin")) {
    line = fmt::format("{}: {} from {}, parameters {}", text_of(node["node"]),
                       plugin_text(node["plugin"]), text_of(node["library"]),
                       text_of(node["parameters"]));
  }
  if (node.contains("outputs")) line += " -> " + joined(node["outputs"], ", ");
  return line + "\n";
}

std::string alternative_text(const ordered_json& alternative) {
  const std::string what =
      fmt::format("{} ({} -> {}), tactic {}, threads {}", text_of(alternative["kernel"]),
                  joined(alternative["inputs"], " "), joined(alternative["outputs"], " "),
                  text_of(alternative["tactic"]), text_of(alternative["threads"]));
  if (alternative.contains("refusal")) {
    return fmt::format("    refused   {}: {}\n", what, text_of(alternative["refusal"]));
  }
  const bool chosen = alternative.value("chosen", false);
  const std::string time = alternative.contains("ms")
                               ? fmt::format("{:.4f} ms", alternative["ms"].get<double>())
                               : "not timed";
  return fmt::format("    {}  {}: {}\n", chosen ? "chosen  " : "lost    ", what, time);
}

std::string layer_text(const ordered_json& layer) {
  std::string text =
      fmt::format("{}: {}, tactic {}, threads {}\n", text_of(layer["layer"]),
                  text_of(layer["kernel"]), text_of(layer["tactic"]), text_of(layer["threads"]));
  if (layer.contains("plugin")) {
    text += fmt::format("    {} built with library {}\n", plugin_text(layer["plugin"]),
                        text_of(layer["plugin"]["library"]));
  }
  if (layer.contains("sources")) text += "    stands for " + joined(layer["sources"], ", ") + "\n";
  for (const ordered_json& alternative : layer.value("alternatives", ordered_json::array())) {
    text += alternative_text(alternative);
  }
  for (const ordered_json& refusal : layer.value("refusals", ordered_json::array())) {
    text +=
        fmt::format("    refused   {}: {}\n", text_of(refusal["who"]), text_of(refusal["reason"]));
  }
  return text;
}

std::string library_text(const ordered_json& library) {
  const auto inside = library["bytes_inside"].get<size_t>();
  return fmt::format("plugin library {}, digest {}{}\n", text_of(library["library"]),
                     text_of(library["digest"]),
                     inside == 0 ? "" : fmt::format(", {} bytes inside the engine", inside));
}

}  // namespace

std::string to_text(const ordered_json& account) {
  std::string text;
  if (account.contains("model")) {
    text = fmt::format("model \"{}\"\n", text_of(account["model"]));
    // Faults first: they are what the question is about.
    for (const ordered_json& fault : account["faults"]) text += text_of(fault["why"]) + "\n";
    for (const ordered_json& node : account["nodes"]) text += node_text(node);
    return text;
  }
  text = fmt::format("engine \"{}\", built for {}\n", text_of(account["engine"]),
                     text_of(account["target"]));
  if (account.contains("missing_here")) {
    text += fmt::format("It cannot run here: this machine lacks {}.\n",
                        text_of(account["missing_here"]));
  }
  if (!account["record"].get<bool>()) {
    text += "Its record was stripped: candidates and times are not known.\n";
  }
  for (const ordered_json& library : account["libraries"]) text += library_text(library);
  for (const ordered_json& other : account["other_builds"]) text += text_of(other) + "\n";
  for (const ordered_json& layer : account["layers"]) text += layer_text(layer);
  return text;
}

}  // namespace tenon::api
