// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The element types of tensors: one list, everything else derived from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tenon {

/// Enumerator, text, bits. The numbers go into engine files: append, never reorder.
#define TENON_DTYPES(X)  \
  X(F32, "f32", 32)      \
  X(F16, "f16", 16)      \
  X(BF16, "bf16", 16)    \
  X(F64, "f64", 64)      \
  X(I8, "i8", 8)         \
  X(U8, "u8", 8)         \
  X(I16, "i16", 16)      \
  X(I32, "i32", 32)      \
  X(I64, "i64", 64)      \
  X(Bool, "bool", 8)     \
  X(I4, "i4", 4)         \
  X(F8E4M3, "f8e4m3", 8) \
  X(U16, "u16", 16)      \
  X(U4, "u4", 4)         \
  X(I2, "i2", 2)         \
  X(U2, "u2", 2)         \
  X(F8E5M2, "f8e5m2", 8) \
  X(F8E8M0, "f8e8m0", 8) \
  X(F4E2M1, "f4e2m1", 4)

enum class DType : uint8_t {
#define TENON_ROW(name, text, bits) name,
  TENON_DTYPES(TENON_ROW)
#undef TENON_ROW
};

inline constexpr size_t kDTypeCount = 0
#define TENON_ROW(name, text, bits) +1
    TENON_DTYPES(TENON_ROW)
#undef TENON_ROW
    ;

/// Bits of one element; elements of 4 or 2 bits are stored two or four to a byte, the first lowest.
constexpr int bit_width(DType type) noexcept {
  constexpr int kBits[] = {
#define TENON_ROW(name, text, bits) bits,
      TENON_DTYPES(TENON_ROW)
#undef TENON_ROW
  };
  return kBits[static_cast<size_t>(type)];
}

/// Bytes that `count` elements take, rounded up for sub-byte types.
constexpr size_t byte_size(DType type, size_t count) noexcept {
  return (static_cast<size_t>(bit_width(type)) * count + 7) / 8;
}

constexpr std::string_view to_string(DType type) noexcept {
  constexpr std::string_view kNames[] = {
#define TENON_ROW(name, text, bits) text,
      TENON_DTYPES(TENON_ROW)
#undef TENON_ROW
  };
  return kNames[static_cast<size_t>(type)];
}

/// Finds a type by its text; false when there is none of that name.
constexpr bool find_dtype(std::string_view text, DType& out) noexcept {
  for (size_t i = 0; i < kDTypeCount; ++i) {
    if (to_string(static_cast<DType>(i)) == text) return out = static_cast<DType>(i), true;
  }
  return false;
}

constexpr bool is_floating(DType type) noexcept {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16 || type == DType::F64 ||
         type == DType::F8E4M3 || type == DType::F8E5M2 || type == DType::F8E8M0 ||
         type == DType::F4E2M1;
}

/// Types that data are kept in and not computed with: operators convert to and from them.
constexpr bool is_storage(DType type) noexcept {
  return type == DType::I4 || type >= DType::F8E4M3;
}

/// The C++ type that stores a DType, and back.
template <class T>
inline constexpr DType kDTypeOf = DType::F32;
template <>
inline constexpr DType kDTypeOf<double> = DType::F64;
template <>
inline constexpr DType kDTypeOf<int8_t> = DType::I8;
template <>
inline constexpr DType kDTypeOf<uint8_t> = DType::U8;
template <>
inline constexpr DType kDTypeOf<int16_t> = DType::I16;
template <>
inline constexpr DType kDTypeOf<int32_t> = DType::I32;
template <>
inline constexpr DType kDTypeOf<int64_t> = DType::I64;
template <>
inline constexpr DType kDTypeOf<bool> = DType::Bool;

}  // namespace tenon
