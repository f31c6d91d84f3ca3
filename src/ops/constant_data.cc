// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making constants, and reading their elements one at a time.
#include "ops/constant_data.h"

#include <cstring>
#include <limits>

#include "ops/small_floats.h"

namespace tenon::ops {

namespace {

template <class T>
T read(std::span<const std::byte> bytes, int64_t i) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

/// Element i of `width` bits, which is 4 or 2.
uint8_t part(std::span<const std::byte> bytes, int width, int64_t i) noexcept {
  const int64_t each = 8 / width;
  const auto byte = static_cast<unsigned>(bytes[static_cast<size_t>(i / each)]);
  return static_cast<uint8_t>(byte >> (i % each * width) & ((1U << width) - 1));
}
int64_t signed_part(std::span<const std::byte> bytes, int width, int64_t i) noexcept {
  const int value = part(bytes, width, i), half = 1 << (width - 1);
  return value < half ? value : value - 2 * half;
}

/// static_cast with a defined result for NaN (0) and for what does not fit (the nearest end).
int64_t to_integer(double value) noexcept {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

}  // namespace

ConstantRef ConstantData::copy(DType dtype, const Dims& dims, std::span<const std::byte> bytes) {
  AlignedBuffer buffer(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return adopt(dtype, dims, std::move(buffer));
}

ConstantRef ConstantData::adopt(DType dtype, const Dims& dims, AlignedBuffer buffer) {
  const auto owner = std::make_shared<const AlignedBuffer>(std::move(buffer));
  return std::make_shared<const ConstantData>(dtype, dims, owner->bytes(), owner);
}

int64_t ConstantData::integer(int64_t i) const noexcept {
  switch (dtype_) {
    case DType::I8:
      return read<int8_t>(bytes_, i);
    case DType::U8:
      return read<uint8_t>(bytes_, i);
    case DType::I16:
      return read<int16_t>(bytes_, i);
    case DType::I32:
      return read<int32_t>(bytes_, i);
    case DType::I64:
      return read<int64_t>(bytes_, i);
    case DType::Bool:
      return read<uint8_t>(bytes_, i) != 0 ? 1 : 0;
    case DType::U16:
      return read<uint16_t>(bytes_, i);
    case DType::I4:
    case DType::I2:
      return signed_part(bytes_, bit_width(dtype_), i);
    case DType::U4:
    case DType::U2:
      return part(bytes_, bit_width(dtype_), i);
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::F64:
    case DType::F8E4M3:
    case DType::F8E5M2:
    case DType::F8E8M0:
    case DType::F4E2M1:
      return to_integer(real(i));
  }
  return 0;
}

double ConstantData::real(int64_t i) const noexcept {
  switch (dtype_) {
    case DType::F32:
      return read<float>(bytes_, i);
    case DType::F64:
      return read<double>(bytes_, i);
    case DType::F16:
      return half_to_float(read<uint16_t>(bytes_, i));
    case DType::BF16:
      return bf16_to_float(read<uint16_t>(bytes_, i));
    case DType::F8E4M3:
      return F8E4M3::decode(read<uint8_t>(bytes_, i));
    case DType::F8E5M2:
      return F8E5M2::decode(read<uint8_t>(bytes_, i));
    case DType::F8E8M0:
      return f8e8m0_to_float(read<uint8_t>(bytes_, i));
    case DType::F4E2M1:
      return F4E2M1::decode(part(bytes_, 4, i));
    default:
      return static_cast<double>(integer(i));
  }
}

}  // namespace tenon::ops
