// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing fields one after the other; reading them with every length checked against what is left.
#include "plugin_library/base/saved_state.h"

#include <array>
#include <cstring>
#include <limits>

namespace shipped {

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

constexpr uint32_t kMagic = 0x31504853;  // "SHP1"
constexpr size_t kHead = 3 * sizeof(uint32_t);
constexpr uint32_t kMostFields = 256;

/// Bytes of one value; 0 for a type that no plugin of this library writes.
size_t sizeOf(PluginFieldType type) {
  switch (type) {
    case PluginFieldType::kFLOAT32:
    case PluginFieldType::kINT32:
      return 4;
    case PluginFieldType::kCHAR:
      return 1;
    default:
      return 0;
  }
}

size_t valueBytes(PluginField const& field) {
  return sizeOf(field.type) * static_cast<size_t>(field.length);
}

/// Takes from the front; good() turns false, for good, when there is too little.
class Reader {
 public:
  explicit Reader(std::span<std::byte const> bytes) : rest_(bytes) {}

  std::byte const* take(size_t count) {
    if (count > rest_.size()) good_ = false;
    if (!good_) return nullptr;
    std::byte const* taken = rest_.data();
    rest_ = rest_.subspan(count);
    return taken;
  }
  uint32_t number() {
    uint32_t value = 0;
    if (std::byte const* from = take(sizeof(value))) std::memcpy(&value, from, sizeof(value));
    return value;
  }
  bool good() const { return good_; }
  bool done() const { return good_ && rest_.empty(); }

 private:
  std::span<std::byte const> rest_;
  bool good_ = true;
};

bool read(Reader& reader, PluginField& field) {
  uint32_t const nameBytes = reader.number();
  field.type = static_cast<PluginFieldType>(reader.number());
  uint32_t const length = reader.number();
  field.name = reinterpret_cast<char const*>(reader.take(nameBytes));
  bool const named = field.name != nullptr && nameBytes > 0 && field.name[nameBytes - 1] == '\0';
  size_t const size = sizeOf(field.type);
  if (!named || size == 0 || length > std::numeric_limits<int32_t>::max()) return false;
  field.length = static_cast<int32_t>(length);
  field.data = reader.take(size * length);
  return reader.good();
}

}  // namespace

size_t SavedState::bytes() const noexcept {
  size_t count = kHead;
  for (PluginField const& field : fields) {
    count += kHead + std::strlen(field.name) + 1 + valueBytes(field);
  }
  return count;
}

void SavedState::write(void* buffer) const noexcept {
  auto* to = static_cast<std::byte*>(buffer);
  auto const put = [&to](void const* from, size_t count) {
    if (count != 0) std::memcpy(to, from, count);
    to += count;
  };
  std::array const head{kMagic, inputs, static_cast<uint32_t>(fields.size())};
  put(head.data(), kHead);
  for (PluginField const& field : fields) {
    auto const nameBytes = static_cast<uint32_t>(std::strlen(field.name) + 1);
    std::array const about{nameBytes, static_cast<uint32_t>(field.type),
                           static_cast<uint32_t>(field.length)};
    put(about.data(), kHead);
    put(field.name, nameBytes);
    put(field.data, valueBytes(field));
  }
}

std::optional<SavedState> SavedState::read(std::span<std::byte const> bytes) {
  Reader reader(bytes);
  uint32_t const magic = reader.number();
  SavedState state{reader.number(), {}};
  uint32_t const count = reader.number();
  if (!reader.good() || magic != kMagic || count > kMostFields) return std::nullopt;
  for (uint32_t i = 0; i < count; ++i) {
    if (!shipped::read(reader, state.fields.emplace_back())) return std::nullopt;
  }
  if (!reader.done()) return std::nullopt;
  return state;
}

}  // namespace shipped
