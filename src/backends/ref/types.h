// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element types in C++: how they are stored, what they are computed in, and how to pick one.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/dtype.h"
#include "base/status.h"
#include "ops/small_floats.h"

namespace tenon::ref {

struct Half {
  uint16_t bits;
  Half() = default;
  explicit Half(double value) noexcept : bits(ops::float_to_half(static_cast<float>(value))) {}
  explicit operator double() const noexcept { return ops::half_to_float(bits); }
};

struct BFloat {
  uint16_t bits;
  BFloat() = default;
  explicit BFloat(double value) noexcept : bits(ops::float_to_bf16(static_cast<float>(value))) {}
  explicit operator double() const noexcept { return ops::bf16_to_float(bits); }
};

/// Computing goes on in double for floating types and in int64 for all others: wide enough that
/// the judge's own rounding does not count.
template <class T>
inline constexpr bool kReal =
    std::is_floating_point_v<T> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat>;
template <class T>
using Wide = std::conditional_t<kReal<T>, double, int64_t>;

template <class T>
Wide<T> load(T value) noexcept {
  return static_cast<Wide<T>>(value);
}
/// Narrows; integers wrap around.
template <class T>
T store(Wide<T> value) noexcept {
  return static_cast<T>(value);
}

inline constexpr Status kNoSuchType{Code::Unsupported, "a reference kernel met a type it lacks"};

/// Calls body(std::type_identity<T>{}) for the type that stores `type`; body returns a Status.
template <class Body>
Status with_float(DType type, Body&& body) noexcept {
  switch (type) {
    case DType::F32:
      return body(std::type_identity<float>{});
    case DType::F64:
      return body(std::type_identity<double>{});
    case DType::F16:
      return body(std::type_identity<Half>{});
    case DType::BF16:
      return body(std::type_identity<BFloat>{});
    default:
      return kNoSuchType;
  }
}

template <class Body>
Status with_number(DType type, Body&& body) noexcept {
  switch (type) {
    case DType::I8:
      return body(std::type_identity<int8_t>{});
    case DType::U8:
      return body(std::type_identity<uint8_t>{});
    case DType::I16:
      return body(std::type_identity<int16_t>{});
    case DType::I32:
      return body(std::type_identity<int32_t>{});
    case DType::I64:
      return body(std::type_identity<int64_t>{});
    default:
      return with_float(type, body);
  }
}

template <class Body>
Status with_any(DType type, Body&& body) noexcept {
  if (type == DType::Bool) return body(std::type_identity<bool>{});
  return with_number(type, body);
}

/// For operators that only move elements: an unsigned type of the same size.
template <class Body>
Status with_size(DType type, Body&& body) noexcept {
  switch (bit_width(type)) {
    case 8:
      return body(std::type_identity<uint8_t>{});
    case 16:
      return body(std::type_identity<uint16_t>{});
    case 32:
      return body(std::type_identity<uint32_t>{});
    case 64:
      return body(std::type_identity<uint64_t>{});
    default:
      return kNoSuchType;
  }
}

}  // namespace tenon::ref
