// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers converted to the type of a constant.
#include "importers/shared/constant.h"

#include <cstring>
#include <limits>

#include "ops/small_floats.h"

namespace tenon::importers {

namespace {

template <class T>
void store(std::byte* to, double value) {
  // Out of range is no number of the target: the nearest end, so that nothing is undefined.
  T converted{};
  if constexpr (std::is_integral_v<T>) {
    const auto low = static_cast<double>(std::numeric_limits<T>::lowest());
    const auto high = static_cast<double>(std::numeric_limits<T>::max());
    if (value >= high) {
      converted = std::numeric_limits<T>::max();
    } else {
      converted = value > low ? static_cast<T>(value) : std::numeric_limits<T>::lowest();
    }
  } else {
    converted = static_cast<T>(value);
  }
  std::memcpy(to, &converted, sizeof converted);
}

void store(DType dtype, std::byte* to, double value) {
  switch (dtype) {
    case DType::F32:
      return store<float>(to, value);
    case DType::F64:
      return store<double>(to, value);
    case DType::F16:
      return store<uint16_t>(to, ops::float_to_half(static_cast<float>(value)));
    case DType::BF16:
      return store<uint16_t>(to, ops::float_to_bf16(static_cast<float>(value)));
    case DType::I8:
      return store<int8_t>(to, value);
    case DType::U8:
      return store<uint8_t>(to, value);
    case DType::I16:
      return store<int16_t>(to, value);
    case DType::I32:
      return store<int32_t>(to, value);
    case DType::I64:
      return store<int64_t>(to, value);
    case DType::Bool:
      return store<uint8_t>(to, value != 0 ? 1 : 0);
    default:  // storage alone
      break;
  }
}

}  // namespace

ops::ConstantRef make_constant(DType dtype, const Dims& dims, std::span<const double> values) {
  AlignedBuffer buffer(byte_size(dtype, values.size()));
  const size_t width = byte_size(dtype, 1);
  for (size_t i = 0; i < values.size(); ++i) store(dtype, buffer.data() + i * width, values[i]);
  return ops::ConstantData::adopt(dtype, dims, std::move(buffer));
}

}  // namespace tenon::importers
