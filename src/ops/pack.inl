// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameters as bytes and back, derived from fields(); the reader trusts nothing.
#pragma once

#include <concepts>
#include <string>
#include <vector>

#include "expr/program.h"

namespace tenon::ops::detail {

template <class T>
concept HasFields = requires {
  T::fields();
};
template <class T>
concept Plain = std::same_as<T, bool> || std::same_as<T, int64_t> || std::same_as<T, float> ||
    std::same_as<T, double> || std::same_as<T, DType> ||(std::is_enum_v<T> && !kNamesOf<T>.empty());

/// Numbers a type may have, for one-byte members; 0: any.
template <class T>
constexpr size_t bound() {
  if constexpr (std::same_as<T, bool>) return 2;
  if constexpr (std::same_as<T, DType>) return kDTypeCount;
  if constexpr (std::is_enum_v<T> && !std::same_as<T, DType>) return kNamesOf<T>.size();
  return 0;
}

bool write(ByteWriter& writer, const Dims& value);
bool write(ByteWriter& writer, const expr::Shape& value);
bool read(ByteReader& reader, Dims& value);
bool read(ByteReader& reader, expr::Shape& value);
/// Constants are no parameters: a record keeps them apart.
inline bool write(ByteWriter&, const ConstantRef&) { return true; }
inline bool read(ByteReader&, ConstantRef&) { return false; }

inline bool write(ByteWriter& writer, const std::string& value) {
  writer.text(value);
  return true;
}
inline bool read(ByteReader& reader, std::string& value) {
  value = reader.text();
  return reader.ok();
}

template <Plain T>
bool write(ByteWriter& writer, const T& value) {
  writer.put(value);
  return true;
}
template <HasFields T>
bool write(ByteWriter& writer, const T& value);
template <HasFields T>
bool write(ByteWriter& writer, const std::vector<T>& values) {
  writer.put(static_cast<uint32_t>(values.size()));
  bool sound = true;
  for (const T& value : values) sound = sound && write(writer, value);
  return sound;
}
template <HasFields T>
bool write(ByteWriter& writer, const T& value) {
  bool sound = true;
  for_each_field(value,
                 [&](const char*, const auto& member) { sound = sound && write(writer, member); });
  return sound;
}

template <Plain T>
bool read(ByteReader& reader, T& value) {
  if constexpr (constexpr size_t kBound = bound<T>(); kBound != 0) {
    const auto number = reader.take<uint8_t>();
    if (number < kBound) value = static_cast<T>(number);
    return reader.ok() && number < kBound;
  } else {
    value = reader.take<T>();
    return reader.ok();
  }
}
template <HasFields T>
bool read(ByteReader& reader, T& value);
template <HasFields T>
bool read(ByteReader& reader, std::vector<T>& values) {
  const auto count = reader.take<uint32_t>();
  values.clear();
  for (uint32_t i = 0; i < count; ++i) {
    if (!read(reader, values.emplace_back())) return false;
  }
  return reader.ok();
}
template <HasFields T>
bool read(ByteReader& reader, T& value) {
  bool sound = true;
  for_each_field(value, [&](const char*, auto& member) { sound = sound && read(reader, member); });
  return sound;
}

}  // namespace tenon::ops::detail

namespace tenon::ops {

template <class Struct>
Result<Struct> unpack(ByteReader& reader) {
  Struct value;
  if (detail::read(reader, value) && reader.ok()) return value;
  return Status{Code::InvalidPlan, "the parameters of an operator are damaged"};
}

template <class Struct>
Result<Struct> unpack(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  auto value = unpack<Struct>(reader);
  if (value.ok() && !reader.at_end()) {
    return Status{Code::InvalidPlan, "the parameters of an operator have bytes too many"};
  }
  return value;
}

}  // namespace tenon::ops
