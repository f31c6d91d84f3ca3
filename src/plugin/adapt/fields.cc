// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copying, packing and describing fields.
#include "plugin/adapt/fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace tenon::plugin {

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldCollection;
using nvinfer1::PluginFieldType;

constexpr auto kLastType = static_cast<int32_t>(PluginFieldType::kFP4);

/// Bits of one element, by the number of the type.
constexpr size_t kBits[] = {16, 32, 64, 8, 16, 32, 8, sizeof(nvinfer1::Dims) * 8,
                            8,  16, 64, 8, 4,  4};
static_assert(std::size(kBits) == kLastType + 1);

/// An integer narrowed as parsers of this family do, clamped instead of wrapped.
int32_t narrowed(int64_t value) {
  return static_cast<int32_t>(std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                                  std::numeric_limits<int32_t>::max()));
}

PluginFieldType field_type_of(DType type) {
  switch (type) {
    case DType::F32:
      return PluginFieldType::kFLOAT32;
    case DType::F64:
      return PluginFieldType::kFLOAT64;
    case DType::F16:
      return PluginFieldType::kFLOAT16;
    case DType::BF16:
      return PluginFieldType::kBF16;
    case DType::I8:
      return PluginFieldType::kINT8;
    case DType::I16:
      return PluginFieldType::kINT16;
    case DType::I32:
      return PluginFieldType::kINT32;
    case DType::I64:
      return PluginFieldType::kINT64;
    default:
      return PluginFieldType::kUNKNOWN;
  }
}

/// Adds an attribute as the field type of its kind.
struct Adder {
  FieldStore& store;
  const std::string& name;

  void operator()(const std::vector<float>& values) const {
    store.add(name, PluginFieldType::kFLOAT32, static_cast<int32_t>(values.size()),
              std::as_bytes(std::span(values)));
  }
  void operator()(const std::vector<int64_t>& values) const {
    std::vector<int32_t> narrow;
    for (int64_t value : values) narrow.push_back(narrowed(value));
    store.add(name, PluginFieldType::kINT32, static_cast<int32_t>(narrow.size()),
              std::as_bytes(std::span(narrow)));
  }
  void operator()(const std::vector<std::string>& values) const {
    std::string joined;
    for (const std::string& value : values) {
      joined += value;
      if (values.size() > 1) joined += '\0';
    }
    store.add(name, PluginFieldType::kCHAR, static_cast<int32_t>(joined.size()),
              std::as_bytes(std::span(joined)));
  }
  void operator()(const ops::ConstantRef& tensor) const {
    store.add(name, field_type_of(tensor->dtype()), static_cast<int32_t>(tensor->count()),
              tensor->bytes());
  }
};

template <class T>
std::string numbers(const PluginField& field) {
  const auto* values = static_cast<const T*>(field.data);
  std::string text = field.length == 1 ? "" : "[";
  for (int32_t i = 0; i < field.length; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ",", +values[i]);
  }
  return field.length == 1 ? text : text + "]";
}

std::string value_text(const PluginField& field) {
  switch (field.type) {
    case PluginFieldType::kFLOAT32:
      return numbers<float>(field);
    case PluginFieldType::kFLOAT64:
      return numbers<double>(field);
    case PluginFieldType::kINT8:
      return numbers<int8_t>(field);
    case PluginFieldType::kINT16:
      return numbers<int16_t>(field);
    case PluginFieldType::kINT32:
      return numbers<int32_t>(field);
    case PluginFieldType::kINT64:
      return numbers<int64_t>(field);
    case PluginFieldType::kCHAR: {
      std::string text(static_cast<const char*>(field.data), static_cast<size_t>(field.length));
      std::replace_if(
          text.begin(), text.end(), [](char c) { return c < ' ' || c == '"' || c == '\\'; }, '?');
      return "\"" + text + "\"";
    }
    default:
      return fmt::format("\"{} bytes\"", field_bytes(field.type, field.length));
  }
}

}  // namespace

size_t field_bytes(PluginFieldType type, int32_t length) noexcept {
  const auto number = static_cast<int32_t>(type);
  if (number < 0 || number > kLastType || length < 0) return 0;
  return (kBits[number] * static_cast<size_t>(length) + 7) / 8;
}

void FieldStore::add(std::string_view name, PluginFieldType type, int32_t length,
                     std::span<const std::byte> data) {
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(64, align_up(data.size() + 1)));
  if (memory == nullptr) return;
  std::memset(memory, 0, data.size() + 1);  // Text in a kCHAR field is NUL-terminated as well.
  if (!data.empty()) std::memcpy(memory, data.data(), data.size());
  names_.emplace_back(name);
  data_.emplace_back(memory);
  fields_.emplace_back(names_.back().c_str(), memory, type, length);
}

Result<FieldStore> FieldStore::copy(const PluginFieldCollection* fields) {
  FieldStore store;
  if (fields == nullptr) return store;
  if (fields->nbFields < 0 || (fields->nbFields > 0 && fields->fields == nullptr)) {
    return Status{Code::Plugin, "the field collection has a negative or dangling list"};
  }
  for (const PluginField& field :
       std::span(fields->fields, static_cast<size_t>(fields->nbFields))) {
    const size_t bytes = field_bytes(field.type, field.length);
    if (field.name == nullptr || field.length < 0 || (bytes > 0 && field.data == nullptr)) {
      return Status{Code::Plugin, "a field has no name, no data or a negative length"};
    }
    if (field.type == PluginFieldType::kDIMS) {
      // Entries past nbDims carry no meaning: zero them, so that equal fields give equal bytes.
      std::vector<nvinfer1::Dims> clean(static_cast<size_t>(field.length));
      const auto* dims = static_cast<const nvinfer1::Dims*>(field.data);
      for (size_t i = 0; i < clean.size(); ++i) {
        std::memset(static_cast<void*>(&clean[i]), 0, sizeof(nvinfer1::Dims));
        clean[i].nbDims = dims[i].nbDims;
        const int rank = std::clamp(dims[i].nbDims, 0, nvinfer1::Dims::MAX_DIMS);
        std::copy_n(dims[i].d, rank, clean[i].d);
      }
      store.add(field.name, field.type, field.length, std::as_bytes(std::span(clean)));
      continue;
    }
    store.add(field.name, field.type, field.length,
              {static_cast<const std::byte*>(field.data), bytes});
  }
  return store;
}

Result<FieldStore> FieldStore::from_attributes(std::span<const ops::ForeignAttribute> attributes,
                                               const PluginFieldCollection* understood,
                                               Diagnostics& diag) {
  FieldStore store;
  if (understood == nullptr || understood->fields == nullptr) return store;
  for (int32_t i = 0; i < understood->nbFields; ++i) {
    const char* name = understood->fields[i].name;
    if (name == nullptr) continue;
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const auto& attribute) { return attribute.name == name; });
    if (found == attributes.end()) {
      diag.warn(
          "Attribute {} not found in plugin node! Ensure that the plugin creator has a default "
          "value defined or the engine may fail to build.",
          name);
      continue;
    }
    std::visit(Adder{store, found->name}, found->value);
  }
  return store;
}

Bytes FieldStore::pack() const {
  ByteWriter writer;
  writer.put(static_cast<uint32_t>(fields_.size()));
  for (const PluginField& field : fields_) {
    writer.text(field.name);
    writer.put(static_cast<int32_t>(field.type));
    writer.put(field.length);
    writer.raw({static_cast<const std::byte*>(field.data), field_bytes(field.type, field.length)});
  }
  return std::move(writer).bytes();
}

Result<FieldStore> FieldStore::unpack(std::span<const std::byte> bytes) {
  FieldStore store;
  ByteReader reader(bytes);
  const auto count = reader.take<uint32_t>();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const std::string_view name = reader.text();
    const auto type = reader.take<int32_t>();
    const auto length = reader.take<int32_t>();
    if (type < 0 || type > kLastType || length < 0) {
      return Status{Code::InvalidPlan, "a plugin field has an unknown type or a negative length"};
    }
    const auto kind = static_cast<PluginFieldType>(type);
    const auto data = reader.raw(field_bytes(kind, length));
    if (reader.ok()) store.add(name, kind, length, data);
  }
  if (!reader.ok() || !reader.at_end()) {
    return Status{Code::InvalidPlan, "the fields of a plugin are cut short or too long"};
  }
  return store;
}

std::string FieldStore::describe() const {
  std::string text = "{";
  for (const PluginField& field : fields_) {
    text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", field.name, value_text(field));
  }
  return text + "}";
}

const PluginFieldCollection* FieldStore::collection() noexcept {
  collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  return &collection_;
}

}  // namespace tenon::plugin
