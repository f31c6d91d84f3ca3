// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two looks at the bytes: how much memory, then copying.
#include "safe/fields.h"

#include <cstring>

#include "base/bytes.h"

namespace tenon::safe {

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

/// Bits of one element, by the number of the type.
constexpr size_t kBits[] = {16, 32, 64, 8, 16, 32, 8, sizeof(nvinfer1::Dims) * 8,
                            8,  16, 64, 8, 4,  4};
constexpr auto kLastType = static_cast<int32_t>(PluginFieldType::kFP4);
static_assert(std::size(kBits) == kLastType + 1);

constexpr size_t kFieldAlignment = 64;

struct Packed {
  std::string_view name;
  PluginFieldType type;
  int32_t length;
  std::span<const std::byte> data;
};

bool take(ByteReader& reader, Packed& field) noexcept {
  field.name = reader.text();
  const auto type = reader.take<int32_t>();
  field.length = reader.take<int32_t>();
  if (!reader.ok() || type < 0 || type > kLastType || field.length < 0) return false;
  field.type = static_cast<PluginFieldType>(type);
  field.data = reader.raw((kBits[type] * static_cast<size_t>(field.length) + 7) / 8);
  return reader.ok();
}

constexpr size_t rounded(size_t bytes) noexcept {
  return (bytes + kFieldAlignment - 1) / kFieldAlignment * kFieldAlignment;
}

}  // namespace

Status Fields::read(std::span<const std::byte> bytes, std::string_view layer, Diagnostics& diag,
                    Fields& out) noexcept {
  ByteReader reader(bytes);
  const auto count = reader.take<uint32_t>();
  size_t room = kFieldAlignment;
  Packed field{};
  for (uint32_t i = 0; i < count; ++i) {
    if (!take(reader, field)) break;
    room += rounded(field.name.size() + 1) + rounded(field.data.size() + 1);
  }
  if (!reader.ok() || !reader.at_end()) {
    return diag.fail(Code::InvalidPlan,
                     "layer '{}': the fields of its plugin are cut short, too long or of an "
                     "unknown type; build the engine anew",
                     layer);
  }
  if (!out.memory_.resize(room) || !out.fields_.reserve(count)) {
    return diag.fail(Code::OutOfMemory, "layer '{}': no memory for the fields of its plugin",
                     layer);
  }
  auto* at = reinterpret_cast<std::byte*>(rounded(reinterpret_cast<uintptr_t>(out.memory_.data())));
  ByteReader again(bytes);
  again.take<uint32_t>();
  for (uint32_t i = 0; i < count; ++i) {
    if (!take(again, field)) break;
    std::memcpy(at, field.name.data(), field.name.size());
    const auto* name = reinterpret_cast<const char*>(at);
    at += rounded(field.name.size() + 1);
    if (!field.data.empty()) std::memcpy(at, field.data.data(), field.data.size());
    (void)out.fields_.push_back(PluginField(name, at, field.type, field.length));
    at += rounded(field.data.size() + 1);
  }
  return {};
}

const nvinfer1::PluginFieldCollection* Fields::collection() noexcept {
  collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  return &collection_;
}

}  // namespace tenon::safe
