// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Expressions and searches.
#include "tools/trtexec/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

/// "a|b" of "…[a|b]", or the whole text as one value.
std::vector<std::string> values_in(const std::string& text) {
  const size_t open = text.find('[');
  const size_t close = text.rfind(']');
  if (open == std::string::npos || close == std::string::npos) return {text};
  std::vector<std::string> values;
  std::istringstream all(text.substr(open + 1, close - open - 1));
  for (std::string one; std::getline(all, one, '|');) values.push_back(one);
  return values;
}

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Picks baseline(const std::vector<KnobChoice>& choices) {
  Picks picks;
  for (const KnobChoice& choice : choices) {
    picks.push_back(has(choice.values, choice.normal) ? choice.normal : choice.values.front());
  }
  return picks;
}

size_t deviations(const Picks& one, const Picks& other) {
  size_t count = 0;
  for (size_t i = 0; i < one.size(); ++i) count += one[i] != other[i] ? 1 : 0;
  return count;
}

}  // namespace

std::vector<Knob> read_knobs(const std::string& json) {
  std::vector<Knob> knobs;
  const auto root = nlohmann::json::parse(json);
  for (const auto& option : root.at("tuner_options")) {
    knobs.push_back(
        {option.at("option"), values_in(option.at("allowed_values")), option.at("default_value")});
  }
  return knobs;
}

std::string describe_knobs(const std::string& json, const std::string& name) {
  auto root = nlohmann::ordered_json::parse(json);
  if (name.empty()) return root.dump(1);
  auto kept = nlohmann::ordered_json::array();
  for (const auto& option : root.at("tuner_options")) {
    const std::string known = option.at("option");
    if (known == name || known == "-" + name) kept.push_back(option);
  }
  if (kept.empty()) {
    throw Failure(fmt::format(
        "--helpBuildRoute={}: there is no such knob; --helpBuildRoute alone lists all.", name));
  }
  root["tuner_options"] = kept;
  return root.dump(1);
}

std::vector<KnobChoice> read_choices(const std::string& expression,
                                     const std::vector<Knob>& knobs) {
  std::vector<KnobChoice> choices;
  std::istringstream words(expression);
  for (std::string word; words >> word;) {
    const size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    const auto knob =
        std::find_if(knobs.begin(), knobs.end(), [&](const Knob& one) { return one.name == name; });
    if (knob == knobs.end()) {
      throw UsageError(fmt::format("'{}' is no knob; --helpBuildRoute lists them", name));
    }
    KnobChoice choice{name, values_in(word.substr(std::min(equals + 1, word.size()))),
                      knob->normal};
    for (const std::string& value : choice.values) {
      if (has(knob->values, value)) continue;
      throw UsageError(fmt::format("'{}' is no value of {}; --helpBuildRoute={} lists them", value,
                                   name, name.substr(1)));
    }
    std::vector<std::string> sorted = choice.values;
    std::sort(sorted.begin(), sorted.end());
    const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    const bool again = std::any_of(choices.begin(), choices.end(),
                                   [&](const KnobChoice& one) { return one.name == name; });
    if (twice || again) throw UsageError(fmt::format("{} has a value twice", name));
    choices.push_back(std::move(choice));
  }
  if (choices.empty()) throw UsageError("no knob is named, as in \"-level=[3|5] -threads=1\"");
  return choices;
}

std::string to_route(const std::vector<KnobChoice>& choices, const Picks& picks) {
  std::string route;
  for (size_t i = 0; i < choices.size(); ++i) {
    route += fmt::format("{}{}={}", i == 0 ? "" : " ", choices[i].name, picks[i]);
  }
  return route;
}

std::vector<Picks> fast_search(const std::vector<KnobChoice>& choices) {
  const Picks first = baseline(choices);
  std::vector<Picks> all{first};
  for (size_t i = 0; i < choices.size(); ++i) {
    for (const std::string& value : choices[i].values) {
      if (value == first[i]) continue;
      Picks one = first;
      one[i] = value;
      all.push_back(std::move(one));
    }
  }
  return all;
}

std::vector<Picks> full_search(const std::vector<KnobChoice>& choices) {
  constexpr size_t kMost = 100000;
  std::vector<Picks> all{{}};
  for (const KnobChoice& choice : choices) {
    std::vector<Picks> longer;
    for (const Picks& picks : all) {
      for (const std::string& value : choice.values) {
        longer.push_back(picks);
        longer.back().push_back(value);
      }
    }
    all = std::move(longer);
    if (all.size() > kMost) throw Failure("There are too many routes for --tuningSearch=full.");
  }
  return all;
}

std::vector<Picks> second_search(const std::vector<KnobChoice>& choices,
                                 const std::vector<double>& times) {
  const std::vector<Picks> singles = fast_search(choices);
  const Picks& first = singles.front();
  std::vector<KnobChoice> better = choices;
  for (size_t i = 0; i < choices.size(); ++i) {
    better[i].values = {first[i]};
    for (size_t k = 1; k < std::min(singles.size(), times.size()); ++k) {
      const bool gains = times[k] >= 0 && times[0] >= 0 && times[k] < times[0];
      if (gains && singles[k][i] != first[i]) better[i].values.push_back(singles[k][i]);
    }
  }
  std::vector<Picks> all = full_search(better);
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Picks& picks) { return deviations(picks, first) < 2; }),
            all.end());
  return all;
}

}  // namespace tenon::trtexec
