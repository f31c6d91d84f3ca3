// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The numbers of a constant as text, and back, bit by bit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ops/constant_data.h"

namespace tenon::ir {

/// Constants of at most this many elements are written out.
inline constexpr int64_t kMaxWrittenElements = 16;

/// "[1, 2.5]", "splat(0.5)" where two or more elements are all equal, "hash(0123456789abcdef)" for
/// longer ones. Elements of f16, bf16, f8e4m3 and NaNs are written as bits: "0x3c00".
std::string constant_text(const ops::ConstantData& data);

/// The bits of one element from its text; nullopt when it is none of that type.
std::optional<uint64_t> element_bits(std::string_view text, DType type);

/// Writes the lowest bits of `bits` as element i of a buffer of that type.
void store_element(std::span<std::byte> bytes, DType type, int64_t i, uint64_t bits);

/// What a name may hold without quotes.
constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '/' || c == ':' || c == '-' || c == '$';
}

}  // namespace tenon::ir
