// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing down.
#include "tools/tenon/card_page.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace tenon::command {

namespace {

using nlohmann::ordered_json;

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(line, sizeof(line), pattern, arguments);
  va_end(arguments);
  return line;
}

std::string decibels(const std::optional<double>& value) {
  if (!value) return "-";
  return std::isinf(*value) ? "exact" : format("%.1f dB", *value);
}

std::string percent(const std::optional<double>& share, int digits) {
  return share ? format("%.*f %%", digits, *share * 100) : "-";
}

ordered_json number(const std::optional<double>& value) {
  if (!value) return nullptr;
  return std::isinf(*value) ? ordered_json("exact") : ordered_json(*value);
}

std::optional<double> lost_points(const Card& card) {
  if (!card.accuracy || !card.reference_accuracy) return std::nullopt;
  return (*card.reference_accuracy - *card.accuracy) * 100;
}

std::optional<double> engine_noise(const CardTensor& one) {
  return one.shown > 0 ? one.measured.decibels() : std::nullopt;
}

/// Text as it may stand between tags.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string accuracy_line(const Card& card) {
  if (!card.accuracy) return "examples have no labels";
  std::string line = percent(card.accuracy, 2);
  if (const auto lost = lost_points(card)) {
    line += format(", float32 %s: %.2f points lost", percent(card.reference_accuracy, 2).c_str(),
                   *lost);
  }
  return line;
}

}  // namespace

std::string text_of(const Card& card) {
  std::string text = "Accuracy card of " + card.engine + "\n";
  text += format("data      %s, %zu examples\n", card.data.c_str(), card.examples);
  text += "accuracy  " + accuracy_line(card) + "\n";
  text += "output    " + card.output + ", SQNR " + decibels(card.scores.decibels()) + "\n\n";
  size_t width = 6;
  for (const CardTensor& one : card.tensors) width = std::max(width, one.stands_for.size());
  const int wide = static_cast<int>(std::min<size_t>(width, 48));
  text += format("%-*s %-5s %12s %5s %9s %10s %11s  %s\n", wide, "tensor", "type", "scale", "zero",
                 "saturated", "SQNR grid", "SQNR engine", "source");
  for (const CardTensor& one : card.tensors) {
    text += format("%-*s %-5s %12.6g %5lld %9s %10s %11s  %s\n", wide, one.stands_for.c_str(),
                   one.type.c_str(), one.scale, static_cast<long long>(one.zero),
                   percent(one.saturated(), 3).c_str(), decibels(one.grid.decibels()).c_str(),
                   decibels(engine_noise(one)).c_str(), one.source.c_str());
  }
  if (!card.notes.empty()) text += "\n";
  for (const std::string& note : card.notes) text += "note: " + note + "\n";
  return text;
}

std::string json_of(const Card& card) {
  ordered_json tensors = ordered_json::array();
  for (const CardTensor& one : card.tensors) {
    const bool seen = one.elements > 0;
    tensors.push_back({{"name", one.name},
                       {"stands_for", one.stands_for},
                       {"type", one.type},
                       {"scale", one.scale},
                       {"zero", one.zero},
                       {"source", one.source},
                       {"greatest", seen ? ordered_json(one.greatest) : ordered_json()},
                       {"saturated", number(one.saturated())},
                       {"grid_sqnr_db", number(one.grid.decibels())},
                       {"engine_sqnr_db", number(engine_noise(one))}});
  }
  const ordered_json page{
      {"engine", card.engine},
      {"data", card.data},
      {"examples", card.examples},
      {"accuracy", number(card.accuracy)},
      {"reference_accuracy", number(card.reference_accuracy)},
      {"lost_points", number(lost_points(card))},
      {"output", {{"name", card.output}, {"sqnr_db", number(card.scores.decibels())}}},
      {"tensors", std::move(tensors)},
      {"notes", card.notes}};
  return page.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string drawing_of(const Card& card) {
  constexpr int kLine = 26, kTop = 74, kLeft = 300, kBars = 420, kWidth = 900;
  constexpr double kMost = 60;  // dB at the right end
  const int height = kTop + kLine * static_cast<int>(card.tensors.size()) + 30;
  const auto length = [&](double value) { return std::clamp(value, 0.0, kMost) / kMost * kBars; };
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      kWidth, height);
  svg += "<text x=\"10\" y=\"22\" font-size=\"16\">Accuracy card of " + escaped(card.engine) +
         "</text>\n<text x=\"10\" y=\"42\">Accuracy " + escaped(accuracy_line(card)) +
         "; output SQNR " + decibels(card.scores.decibels()) + "</text>\n";
  svg +=
      "<text x=\"10\" y=\"62\" fill=\"#555\">SQNR of each tensor: blue on its grid, orange as "
      "the engine computes it; share saturated</text>\n";
  for (int mark = 0; mark <= 60; mark += 20) {
    const double x = kLeft + length(mark);
    svg += format(
        "<line x1=\"%g\" y1=\"%d\" x2=\"%g\" y2=\"%d\" stroke=\"#ddd\"/>"
        "<text x=\"%g\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%d dB</text>\n",
        x, kTop, x, height - 24, x, height - 8, mark);
  }
  int y = kTop;
  for (const CardTensor& one : card.tensors) {
    const auto bar = [&](const std::optional<double>& value, int from, const char* color) {
      if (!value) return;
      svg += format("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"8\" fill=\"%s\"/>\n", kLeft,
                    y + from, length(*value), color);
    };
    std::string name = one.stands_for;
    if (name.size() > 44) name = "…" + name.substr(name.size() - 43);
    svg += format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", kLeft - 8, y + 16) +
           escaped(name) + "</text>\n";
    bar(one.grid.decibels(), 4, "#3b76af");
    bar(engine_noise(one), 13, "#ee8636");
    svg += format("<text x=\"%d\" y=\"%d\">%s, %s</text>\n", kLeft + kBars + 12, y + 16,
                  decibels(one.grid.decibels()).c_str(), percent(one.saturated(), 3).c_str());
    y += kLine;
  }
  return svg + "</svg>\n";
}

}  // namespace tenon::command
