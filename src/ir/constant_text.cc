// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements to text and back through their bits, so that nothing is lost.
#include "ir/constant_text.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/hash.h"

namespace tenon::ir {

namespace {

uint64_t load_element(std::span<const std::byte> bytes, DType type, int64_t i) {
  const auto index = static_cast<size_t>(i);
  if (const auto width = static_cast<size_t>(bit_width(type)); width < 8) {
    const auto byte = std::to_integer<uint64_t>(bytes[index * width / 8]);
    return byte >> (index * width % 8) & ((uint64_t{1} << width) - 1);
  }
  const size_t size = byte_size(type, 1);
  uint64_t bits = 0;
  std::memcpy(&bits, bytes.data() + index * size, size);
  return bits;
}

/// The bits as a signed number of `width` bits.
int64_t sign_extended(uint64_t bits, int width) {
  const int unused = 64 - width;
  return static_cast<int64_t>(bits << unused) >> unused;
}

template <class T>
std::string shortest(T value) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string element_text(uint64_t bits, DType type) {
  switch (type) {
    case DType::F32:
      if (const auto value = std::bit_cast<float>(static_cast<uint32_t>(bits)); value == value) {
        return shortest(value);
      }
      break;
    case DType::F64:
      if (const auto value = std::bit_cast<double>(bits); value == value) return shortest(value);
      break;
    case DType::F16:
    case DType::BF16:
    case DType::F8E4M3:
    case DType::F8E5M2:
    case DType::F8E8M0:
    case DType::F4E2M1:
      break;
    case DType::U8:
    case DType::U16:
    case DType::U4:
    case DType::U2:
    case DType::Bool:
      return shortest(bits);
    default:
      return shortest(sign_extended(bits, bit_width(type)));
  }
  return fmt::format("{:#x}", bits);
}

template <class T, class... Base>
std::optional<T> number(std::string_view text, Base... base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base...);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string constant_text(const ops::ConstantData& data) {
  const int64_t count = data.count();
  const auto bits = [&](int64_t i) { return load_element(data.bytes(), data.dtype(), i); };
  bool equal = count > 1;
  for (int64_t i = 1; equal && i < count; ++i) equal = bits(i) == bits(0);
  if (equal) return "splat(" + element_text(bits(0), data.dtype()) + ')';
  if (count > kMaxWrittenElements) return fmt::format("hash({:016x})", hash64(data.bytes()));
  std::string all = "[";
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) all += ", ";
    all += element_text(bits(i), data.dtype());
  }
  return all + ']';
}

std::optional<uint64_t> element_bits(std::string_view text, DType type) {
  const int width = bit_width(type);
  const auto fits = [&](uint64_t bits) { return width == 64 || bits >> width == 0; };
  if (text.starts_with("0x")) {
    const auto bits = number<uint64_t>(text.substr(2), 16);
    return bits && fits(*bits) ? bits : std::nullopt;
  }
  if (type == DType::F32) {
    const auto value = number<float>(text);
    return value ? std::optional<uint64_t>(std::bit_cast<uint32_t>(*value)) : std::nullopt;
  }
  if (type == DType::F64) {
    const auto value = number<double>(text);
    return value ? std::optional(std::bit_cast<uint64_t>(*value)) : std::nullopt;
  }
  if (is_floating(type)) return std::nullopt;
  const bool unsigned_type = type == DType::U8 || type == DType::U16 || type == DType::U4 ||
                             type == DType::U2 || type == DType::Bool;
  if (unsigned_type) {
    const auto bits = number<uint64_t>(text);
    const uint64_t most = type == DType::Bool ? 1 : (uint64_t{1} << width) - 1;
    return bits && *bits <= most ? bits : std::nullopt;
  }
  const auto value = number<int64_t>(text);
  if (!value || sign_extended(static_cast<uint64_t>(*value), width) != *value) return std::nullopt;
  return static_cast<uint64_t>(*value) & (~uint64_t{0} >> (64 - width));
}

void store_element(std::span<std::byte> bytes, DType type, int64_t i, uint64_t bits) {
  const auto index = static_cast<size_t>(i);
  if (const auto width = static_cast<size_t>(bit_width(type)); width < 8) {
    bytes[index * width / 8] |= static_cast<std::byte>(bits << (index * width % 8));
    return;
  }
  const size_t size = byte_size(type, 1);
  std::memcpy(bytes.data() + index * size, &bits, size);
}

}  // namespace tenon::ir
