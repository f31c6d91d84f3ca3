// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers of few bits, packed and unpacked.
#include "backends/ref/storage.h"

#include <algorithm>
#include <cmath>

#include "backends/ref/types.h"
#include "ops/constant_data.h"

namespace tenon::ref {

namespace {

struct StoredRange {
  int64_t least, most;
};

StoredRange stored_range(DType type) noexcept {
  const int width = bit_width(type);
  const bool is_signed =
      type == DType::I8 || type == DType::I16 || type == DType::I4 || type == DType::I2;
  if (is_signed) return {-(int64_t{1} << (width - 1)), (int64_t{1} << (width - 1)) - 1};
  return {0, (int64_t{1} << width) - 1};
}

/// A view of elements 0 to i.
ops::ConstantData up_to(DType type, const void* data, int64_t i) noexcept {
  const size_t bytes = byte_size(type, static_cast<size_t>(i) + 1);
  return {type, {i + 1}, {static_cast<const std::byte*>(data), bytes}, nullptr};
}

/// The code of `value`, in the low bits.
uint64_t stored_code(DType type, double value) noexcept {
  const auto single = static_cast<float>(value);
  switch (type) {
    case DType::F8E4M3:
      return ops::F8E4M3::encode(single);
    case DType::F8E5M2:
      return ops::F8E5M2::encode(single);
    case DType::F4E2M1:
      return ops::F4E2M1::encode(single);
    case DType::F8E8M0:
      return ops::float_to_f8e8m0(single);
    default:
      break;
  }
  if (std::isnan(value)) return 0;
  const StoredRange range = stored_range(type);
  const double kept = std::clamp(std::nearbyint(value), static_cast<double>(range.least),
                                 static_cast<double>(range.most));
  return static_cast<uint64_t>(static_cast<int64_t>(kept));
}

}  // namespace

double read_element(DType type, const void* data, int64_t i) noexcept {
  return up_to(type, data, i).real(i);
}

int64_t read_integer(DType type, const void* data, int64_t i) noexcept {
  return up_to(type, data, i).integer(i);
}

void write_code(DType type, void* data, int64_t i, uint64_t code) noexcept {
  const int width = bit_width(type);
  if (width == 16) {
    static_cast<uint16_t*>(data)[i] = static_cast<uint16_t>(code);
    return;
  }
  auto* byte = static_cast<uint8_t*>(data) + i * width / 8;
  if (width == 8) {
    *byte = static_cast<uint8_t>(code);
    return;
  }
  const auto shift = static_cast<unsigned>(i * width % 8);
  const uint64_t bits = (code & ((1U << width) - 1)) << shift;
  *byte = static_cast<uint8_t>(shift == 0 ? bits : *byte | bits);
}

void write_element(DType type, void* data, int64_t i, double value) noexcept {
  write_code(type, data, i, stored_code(type, value));
}

double greatest(DType type) noexcept {
  switch (type) {
    case DType::F8E4M3:
      return 448;
    case DType::F8E5M2:
      return 57344;
    case DType::F4E2M1:
      return 6;
    case DType::F8E8M0:
      return 0x1p127;
    default:
      return static_cast<double>(stored_range(type).most);
  }
}

}  // namespace tenon::ref
