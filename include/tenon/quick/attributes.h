// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attributes of a quick plugin: members by name, read from fields and written to them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "nvinfer1/plugin_fields.h"

namespace tenon {
namespace quick {

/// The field type that keeps a T; bool is kept as kINT32, text as kCHAR.
template <class T>
constexpr nvinfer1::PluginFieldType field_type() {
  using Type = nvinfer1::PluginFieldType;
  if (std::is_same<T, bool>::value || std::is_same<T, std::int32_t>::value) return Type::kINT32;
  if (std::is_same<T, std::int64_t>::value) return Type::kINT64;
  if (std::is_same<T, float>::value) return Type::kFLOAT32;
  if (std::is_same<T, double>::value) return Type::kFLOAT64;
  if (std::is_same<T, char>::value) return Type::kCHAR;
  return Type::kUNKNOWN;
}

/// Reads one number of a field as a T. Integers must fit; no fraction is dropped.
template <class T>
T read_number(nvinfer1::PluginField const& field, std::int32_t index) {
  using Type = nvinfer1::PluginFieldType;
  auto const as = [&](auto sample) {
    std::memcpy(
        &sample,
        static_cast<char const*>(field.data) + sizeof sample * static_cast<std::size_t>(index),
        sizeof sample);
    return sample;
  };
  auto const integer = [&](std::int64_t value) {
    if (std::is_integral<T>::value &&
        (value < static_cast<std::int64_t>(std::numeric_limits<T>::min()) ||
         value > static_cast<std::int64_t>(std::numeric_limits<T>::max()))) {
      throw std::invalid_argument("attribute '" + std::string(field.name) + "' holds " +
                                  std::to_string(value) + ", which is out of range");
    }
    return static_cast<T>(value);
  };
  auto const real = [&](double value) {
    if (std::is_integral<T>::value) {
      throw std::invalid_argument("attribute '" + std::string(field.name) +
                                  "' must be an integer, and is a floating-point number");
    }
    return static_cast<T>(value);
  };
  switch (field.type) {
    case Type::kINT8:
      return integer(as(std::int8_t{}));
    case Type::kINT16:
      return integer(as(std::int16_t{}));
    case Type::kINT32:
      return integer(as(std::int32_t{}));
    case Type::kINT64:
      return integer(as(std::int64_t{}));
    case Type::kFLOAT32:
      return real(static_cast<double>(as(float{})));
    case Type::kFLOAT64:
      return real(as(double{}));
    default:
      throw std::invalid_argument("attribute '" + std::string(field.name) +
                                  "' must hold numbers (field type " +
                                  std::to_string(static_cast<int>(field.type)) + ')');
  }
}

/// Visits the attributes of an operator and fills them in from a collection of fields. What is
/// wrong is thrown as std::invalid_argument, in a sentence. What no field names keeps its value.
class FieldReader {
 public:
  explicit FieldReader(nvinfer1::PluginFieldCollection const* fields)
      : fields_(fields),
        used_(fields != nullptr ? static_cast<std::size_t>(fields->nbFields) : 0) {}

  template <class T>
  void operator()(char const* name, T& member) {
    if (auto const* const field = find(name)) take(*field, member);
  }

  /// An attribute without which there is no operator.
  template <class T>
  void required(char const* name, T& member) {
    auto const* const field = find(name);
    if (field == nullptr)
      throw std::invalid_argument("attribute '" + std::string(name) + "' is missing");
    take(*field, member);
  }

  /// Throws when a field was not asked for.
  void finish() const {
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (used_[i]) continue;
      throw std::invalid_argument("attribute '" + std::string(fields_->fields[i].name) +
                                  "' is unknown; there are: " + (names_.empty() ? "none" : names_));
    }
  }

 private:
  nvinfer1::PluginField const* find(char const* name) {
    names_ += (names_.empty() ? "" : ", ") + std::string(name);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      nvinfer1::PluginField const& field = fields_->fields[i];
      if (field.name == nullptr || std::strcmp(field.name, name) != 0) continue;
      used_[i] = true;
      return field.data != nullptr || field.length == 0 ? &field : nullptr;
    }
    return nullptr;
  }

  static void expect(nvinfer1::PluginField const& field, std::size_t count) {
    if (static_cast<std::size_t>(field.length) == count) return;
    throw std::invalid_argument("attribute '" + std::string(field.name) + "' must hold " +
                                std::to_string(count) + " numbers, and holds " +
                                std::to_string(field.length));
  }

  template <class T>
  static std::enable_if_t<std::is_arithmetic<T>::value> take(nvinfer1::PluginField const& field,
                                                             T& member) {
    expect(field, 1);
    member = read_number<T>(field, 0);
  }

  static void take(nvinfer1::PluginField const& field, std::string& member) {
    if (field.type != nvinfer1::PluginFieldType::kCHAR) {
      throw std::invalid_argument("attribute '" + std::string(field.name) + "' must be text");
    }
    member.assign(static_cast<char const*>(field.data), static_cast<std::size_t>(field.length));
    while (!member.empty() && member.back() == '\0') member.pop_back();
  }

  template <class T>
  static void take(nvinfer1::PluginField const& field, std::vector<T>& member) {
    member.resize(static_cast<std::size_t>(field.length));
    for (std::size_t i = 0; i < member.size(); ++i) {
      member[i] = read_number<T>(field, static_cast<std::int32_t>(i));
    }
  }

  template <class T, std::size_t N>
  static void take(nvinfer1::PluginField const& field, std::array<T, N>& member) {
    expect(field, N);
    for (std::size_t i = 0; i < N; ++i)
      member[i] = read_number<T>(field, static_cast<std::int32_t>(i));
  }

  nvinfer1::PluginFieldCollection const* fields_;
  std::vector<bool> used_;
  std::string names_;
};

/// Visits the attributes of an operator and keeps them as fields with data of their own. Names are
/// not copied: they are the operator's literals.
class FieldWriter {
 public:
  template <class T>
  void operator()(char const* name, T const& member) {
    put(name, member);
  }
  template <class T>
  void required(char const* name, T const& member) {
    put(name, member);
  }

  /// Valid until this writer changes or goes.
  nvinfer1::PluginFieldCollection const& fields() {
    for (std::size_t i = 0; i < fields_.size(); ++i) fields_[i].data = bytes_[i].data();
    collection_ = {static_cast<std::int32_t>(fields_.size()), fields_.data()};
    return collection_;
  }

  /// All names, types and values as text that differs when one of them does.
  std::string text() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      text += ' ' + std::string(fields_[i].name) + ':' +
              std::to_string(static_cast<int>(fields_[i].type)) + '=';
      for (char const byte : bytes_[i]) {
        auto const value = static_cast<unsigned char>(byte);
        text += {kDigits[value >> 4U], kDigits[value & 15U]};
      }
    }
    return text;
  }

 private:
  template <class T>
  void keep(char const* name, T const* data, std::size_t count) {
    fields_.emplace_back(name, nullptr, field_type<T>(), static_cast<std::int32_t>(count));
    auto const* const first = reinterpret_cast<char const*>(data);
    bytes_.emplace_back(first, first + count * sizeof(T));
  }

  template <class T>
  std::enable_if_t<std::is_arithmetic<T>::value> put(char const* name, T const& member) {
    using Kept = std::conditional_t<std::is_same<T, bool>::value, std::int32_t, T>;
    static_assert(
        field_type<Kept>() != nvinfer1::PluginFieldType::kUNKNOWN,
        "attributes are bool, int32_t, int64_t, float, double, text, or arrays of numbers");
    Kept const kept = static_cast<Kept>(member);
    keep(name, &kept, 1);
  }
  void put(char const* name, std::string const& member) {
    keep(name, member.data(), member.size());
  }
  template <class T>
  void put(char const* name, std::vector<T> const& member) {
    keep(name, member.data(), member.size());
  }
  template <class T, std::size_t N>
  void put(char const* name, std::array<T, N> const& member) {
    keep(name, member.data(), N);
  }

  std::vector<nvinfer1::PluginField> fields_;
  std::vector<std::vector<char>> bytes_;
  nvinfer1::PluginFieldCollection collection_{};
};

}  // namespace quick
}  // namespace tenon
