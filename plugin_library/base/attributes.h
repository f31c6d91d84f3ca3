// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin's attributes, written down once: read with checks, listed for the parser, and serialized
// out of the same description.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace shipped {

/// The values an attribute may have, ends included.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
constexpr Range kAny{};
constexpr Range kSwitch{0, 1};
constexpr Range kPositive{1, std::numeric_limits<int32_t>::max()};
constexpr Range kAboveZero{std::numeric_limits<float>::denorm_min(),
                           std::numeric_limits<double>::infinity()};
constexpr Range kNotNegative{0, std::numeric_limits<double>::infinity()};

enum class Need { Optional, Required };

/// Weights given as an attribute; of any real type when read, float32 afterwards.
using Floats = std::vector<float>;
using Integers = std::vector<int32_t>;

/// Reads attributes out of what a creator is given. It is one of the visitors that the `visit` of a
/// plugin's parameters calls with (name, member, range, need) for each attribute.
class AttributeReader {
 public:
  /// `plugin` and `layer` are for messages. Nothing is owned.
  AttributeReader(char const* plugin, char const* layer,
                  nvinfer1::PluginFieldCollection const* fields);

  void operator()(char const* name, float& value, Range range = kAny, Need need = Need::Optional);
  void operator()(char const* name, int32_t& value, Range range = kAny, Need need = Need::Optional);
  void operator()(char const* name, Floats& value, Range range = kAny, Need need = Need::Optional);
  void operator()(char const* name, Integers& value, Range range = kAny,
                  Need need = Need::Optional);
  void operator()(char const* name, std::string& value, Range range = kAny,
                  Need need = Need::Optional);

  /// False when an attribute was missing, of the wrong type or out of range; each has been
  /// reported.
  [[nodiscard]] bool good() const noexcept { return good_; }

  /// Reports a fault of the attributes taken together.
  void fail(std::string const& sentence);

 private:
  nvinfer1::PluginField const* find(char const* name, Need need);
  bool numbers(nvinfer1::PluginField const& field, std::vector<double>& values, bool whole);
  bool within(char const* name, std::vector<double> const& values, Range range);
  template <class T>
  void one(char const* name, T& value, Range range, Need need);
  template <class T>
  void many(char const* name, std::vector<T>& value, Range range, Need need);

  std::string who_;
  nvinfer1::PluginFieldCollection const* fields_;
  bool good_ = true;
};

/// Makes fields of attributes: with `withData` pointing at the members, else only names and types.
class FieldLister {
 public:
  explicit FieldLister(bool withData) : withData_(withData) {}

  void operator()(char const* name, float const& value, Range = kAny, Need = Need::Optional) {
    add(name, &value, nvinfer1::PluginFieldType::kFLOAT32, 1);
  }
  void operator()(char const* name, int32_t const& value, Range = kAny, Need = Need::Optional) {
    add(name, &value, nvinfer1::PluginFieldType::kINT32, 1);
  }
  void operator()(char const* name, Floats const& value, Range = kAny, Need = Need::Optional) {
    add(name, value.data(), nvinfer1::PluginFieldType::kFLOAT32, value.size());
  }
  void operator()(char const* name, Integers const& value, Range = kAny, Need = Need::Optional) {
    add(name, value.data(), nvinfer1::PluginFieldType::kINT32, value.size());
  }
  void operator()(char const* name, std::string const& value, Range = kAny, Need = Need::Optional) {
    add(name, value.data(), nvinfer1::PluginFieldType::kCHAR, value.size());
  }

  std::vector<nvinfer1::PluginField> take() { return std::move(fields_); }

 private:
  void add(char const* name, void const* data, nvinfer1::PluginFieldType type, size_t count) {
    fields_.emplace_back(name, withData_ ? data : nullptr, type, static_cast<int32_t>(count));
  }

  bool withData_;
  std::vector<nvinfer1::PluginField> fields_;
};

}  // namespace shipped
