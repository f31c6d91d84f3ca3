// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding, converting and checking attributes.
#include "plugin_library/base/attributes.h"

#include <cmath>
#include <concepts>
#include <cstring>

#include "plugin_library/base/half.h"
#include "plugin_library/base/messages.h"

namespace shipped {

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

std::string text(double value) {
  std::string digits = std::to_string(value);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits;
}

/// "above 0", "at least 0", "from 0 to 1"
std::string text(Range range) {
  if (range.low == kAboveZero.low) return "above 0";
  if (std::isinf(range.high)) return "at least " + text(range.low);
  return "from " + text(range.low) + " to " + text(range.high);
}

template <class T>
void append(PluginField const& field, std::vector<double>& values) {
  for (int32_t i = 0; i < field.length; ++i) {
    T value;  // Field data need not be aligned.
    std::memcpy(&value, static_cast<char const*>(field.data) + sizeof(T) * static_cast<size_t>(i),
                sizeof(T));
    values.push_back(static_cast<double>(value));
  }
}

void appendHalf(PluginField const& field, std::vector<double>& values) {
  append<uint16_t>(field, values);
  for (double& value : values) {
    value = static_cast<double>(fromHalf(static_cast<uint16_t>(value)));
  }
}

}  // namespace

AttributeReader::AttributeReader(char const* plugin, char const* layer,
                                 nvinfer1::PluginFieldCollection const* fields)
    : who_(plugin), fields_(fields) {
  if (layer != nullptr && *layer != '\0') who_ += std::string(" (layer \"") + layer + "\")";
}

void AttributeReader::fail(std::string const& sentence) { good_ = refuse(who_ + ": " + sentence); }

PluginField const* AttributeReader::find(char const* name, Need need) {
  for (int32_t i = 0; fields_ != nullptr && i < fields_->nbFields; ++i) {
    PluginField const& field = fields_->fields[i];
    if (field.name == nullptr || std::strcmp(field.name, name) != 0) continue;
    if (field.data != nullptr || field.length == 0) return &field;
  }
  if (need == Need::Required) fail(std::string("attribute ") + name + " is missing");
  return nullptr;
}

bool AttributeReader::numbers(PluginField const& field, std::vector<double>& values, bool whole) {
  switch (field.type) {
    case PluginFieldType::kINT8:
      append<int8_t>(field, values);
      return true;
    case PluginFieldType::kINT16:
      append<int16_t>(field, values);
      return true;
    case PluginFieldType::kINT32:
      append<int32_t>(field, values);
      return true;
    case PluginFieldType::kINT64:
      append<int64_t>(field, values);
      return true;
    case PluginFieldType::kFLOAT16:
      if (!whole) return appendHalf(field, values), true;
      break;
    case PluginFieldType::kFLOAT32:
      if (!whole) return append<float>(field, values), true;
      break;
    case PluginFieldType::kFLOAT64:
      if (!whole) return append<double>(field, values), true;
      break;
    default:
      break;
  }
  fail(std::string("attribute ") + field.name + " must be " +
       (whole ? "of integers" : "of real numbers"));
  return false;
}

bool AttributeReader::within(char const* name, std::vector<double> const& values, Range range) {
  for (double const value : values) {
    if (value >= range.low && value <= range.high) continue;
    fail(std::string("attribute ") + name + " is " + text(value) + ", it must be " + text(range));
    return false;
  }
  return true;
}

template <class T>
void AttributeReader::one(char const* name, T& value, Range range, Need need) {
  PluginField const* field = find(name, need);
  std::vector<double> values;
  if (field == nullptr || !numbers(*field, values, std::integral<T>)) return;
  if (values.size() != 1) {
    return fail(std::string("attribute ") + name + " has " + std::to_string(values.size()) +
                " values, it must have one");
  }
  if (within(name, values, range)) value = static_cast<T>(values[0]);
}

template <class T>
void AttributeReader::many(char const* name, std::vector<T>& value, Range range, Need need) {
  PluginField const* field = find(name, need);
  std::vector<double> values;
  if (field == nullptr || !numbers(*field, values, std::integral<T>)) return;
  if (within(name, values, range)) value.assign(values.begin(), values.end());
}

void AttributeReader::operator()(char const* name, float& value, Range range, Need need) {
  one(name, value, range, need);
}
void AttributeReader::operator()(char const* name, int32_t& value, Range range, Need need) {
  one(name, value, range, need);
}
void AttributeReader::operator()(char const* name, Floats& value, Range range, Need need) {
  many(name, value, range, need);
}
void AttributeReader::operator()(char const* name, Integers& value, Range range, Need need) {
  many(name, value, range, need);
}
void AttributeReader::operator()(char const* name, std::string& value, Range, Need need) {
  PluginField const* field = find(name, need);
  if (field == nullptr) return;
  if (field->type != PluginFieldType::kCHAR) {
    return fail(std::string("attribute ") + name + " must be a text");
  }
  value.assign(static_cast<char const*>(field->data), static_cast<size_t>(field->length));
  while (!value.empty() && value.back() == '\0') value.pop_back();
}

}  // namespace shipped
