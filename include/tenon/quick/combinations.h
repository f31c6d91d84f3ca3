// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and formats of a quick plugin, written as text: the grammar of AutoTuneCombination.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nvinfer1/tensor_format.h"
#include "nvinfer1/types.h"

namespace tenon {
namespace quick {

/// One type and one format for each input and output, inputs first.
struct Combination {
  std::vector<nvinfer1::DataType> types;
  std::vector<nvinfer1::TensorFormat> formats;
};

/// A name and what it stands for.
template <class T>
struct Named {
  char const* name;
  T value;
};

inline nvinfer1::DataType parse_one(std::string const& name, nvinfer1::DataType) {
  using T = nvinfer1::DataType;
  static constexpr Named<T> kAll[] = {
      {"FP32", T::kFLOAT}, {"FLOAT", T::kFLOAT}, {"FP16", T::kHALF},   {"HALF", T::kHALF},
      {"BF16", T::kBF16},  {"INT8", T::kINT8},   {"INT32", T::kINT32}, {"INT64", T::kINT64},
      {"BOOL", T::kBOOL},  {"UINT8", T::kUINT8}, {"FP8", T::kFP8},     {"INT4", T::kINT4},
      {"FP4", T::kFP4}};
  for (auto const& known : kAll) {
    if (name == known.name) return known.value;
  }
  throw std::invalid_argument("type '" + name +
                              "' is unknown; write for example FP32, FP16 or INT32");
}

inline nvinfer1::TensorFormat parse_one(std::string const& name, nvinfer1::TensorFormat) {
  using F = nvinfer1::TensorFormat;
  static constexpr Named<F> kAll[] = {
      {"LINEAR", F::kLINEAR}, {"CHW2", F::kCHW2},   {"HWC8", F::kHWC8},   {"CHW4", F::kCHW4},
      {"CHW16", F::kCHW16},   {"CHW32", F::kCHW32}, {"DHWC8", F::kDHWC8}, {"CDHW32", F::kCDHW32},
      {"HWC", F::kHWC},       {"HWC16", F::kHWC16}, {"DHWC", F::kDHWC}};
  for (auto const& known : kAll) {
    if (name == known.name) return known.value;
  }
  throw std::invalid_argument("format '" + name +
                              "' is unknown; write for example LINEAR, HWC or CHW32");
}

/// The parts of `text` between marks, without blanks around them.
inline std::vector<std::string> split(std::string const& text, char mark) {
  std::vector<std::string> parts(1);
  for (char const letter : text) {
    if (letter == mark) {
      parts.emplace_back();
    } else if (letter != ' ' || !parts.back().empty()) {
      parts.back() += letter;
    }
  }
  for (std::string& part : parts) part.erase(part.find_last_not_of(' ') + 1);
  return parts;
}

/// All assignments that `text` describes for `count` tensors. Entries stand between commas. Of an
/// entry `A|B` the k-th name goes with the k-th of every other such entry; of `A*B` every name goes
/// with everything, the first such entry changing fastest. One entry alone serves all tensors when
/// `spreads`. Throws std::invalid_argument.
template <class T>
std::vector<std::vector<T>> expand(std::string const& text, std::size_t count, bool spreads) {
  std::vector<std::string> entries = split(text, ',');
  if (spreads && entries.size() == 1) entries.resize(count, entries[0]);
  if (entries.size() != count) {
    throw std::invalid_argument('\'' + text + "' names " + std::to_string(entries.size()) +
                                " tensors; there are " + std::to_string(count));
  }
  std::vector<std::vector<T>> names(count);
  std::vector<bool> together(count);
  std::size_t dependent = 1;
  for (std::size_t i = 0; i < count; ++i) {
    together[i] = entries[i].find('|') != std::string::npos;
    if (together[i] && entries[i].find('*') != std::string::npos) {
      throw std::invalid_argument('\'' + entries[i] + "' mixes | and *");
    }
    for (auto const& name : split(entries[i], together[i] ? '|' : '*')) {
      names[i].push_back(parse_one(name, T{}));
    }
    if (!together[i]) continue;
    if (dependent != 1 && names[i].size() != dependent) {
      throw std::invalid_argument('\'' + text + "' has entries with | of different lengths");
    }
    dependent = names[i].size();
  }
  std::size_t total = dependent;
  for (std::size_t i = 0; i < count; ++i) total *= together[i] ? 1 : names[i].size();
  std::vector<std::vector<T>> all(total, std::vector<T>(count));
  for (std::size_t k = 0; k < total; ++k) {
    std::size_t rest = k / dependent;
    for (std::size_t i = 0; i < count; ++i) {
      if (together[i]) {
        all[k][i] = names[i][k % dependent];
      } else {
        all[k][i] = names[i][rest % names[i].size()];
        rest /= names[i].size();
      }
    }
  }
  return all;
}

/// Every pair of an assignment of types and one of formats.
inline std::vector<Combination> combinations(std::string const& types, std::string const& formats,
                                             std::size_t count) {
  std::vector<Combination> all;
  for (auto const& type : expand<nvinfer1::DataType>(types, count, false)) {
    for (auto const& format : expand<nvinfer1::TensorFormat>(formats, count, true)) {
      all.push_back({type, format});
    }
  }
  return all;
}

}  // namespace quick
}  // namespace tenon
