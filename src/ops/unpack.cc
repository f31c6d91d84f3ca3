// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Short lists of numbers as bytes and back.
#include "ops/unpack.h"

namespace tenon::ops::detail {

bool write(ByteWriter& writer, const Dims& value) {
  writer.put(static_cast<uint8_t>(value.rank()));
  for (const int64_t number : value) writer.put(number);
  return true;
}

bool read(ByteReader& reader, Dims& value) {
  const auto rank = reader.take<uint8_t>();
  if (rank > Dims::kMaxRank) return false;
  value = {};
  for (int i = 0; i < rank; ++i) value.push_back(reader.take<int64_t>());
  return reader.ok();
}

/// Code of an extent that is a number is shorter.
constexpr uint32_t kMostWords = 256;

bool read(ByteReader& reader, Extents& value) {
  const auto rank = reader.take<uint32_t>();
  if (rank > static_cast<uint32_t>(Dims::kMaxRank)) return false;
  value = {};
  for (uint32_t i = 0; i < rank; ++i) {
    int64_t words[kMostWords];
    const auto size = reader.take<uint32_t>();
    if (size > kMostWords) {  // No number is so long.
      reader.raw(size_t{size} * sizeof(int64_t));
      value.known = false;
      value.numbers.push_back(0);
      continue;
    }
    for (uint32_t word = 0; word < size; ++word) words[word] = reader.take<int64_t>();
    const std::span<const int64_t> code(words, size);
    if (!reader.ok() || !expr::verify(code, SIZE_MAX).ok()) return false;
    int64_t number = 0;
    if (!expr::verify(code, 0).ok()) {
      value.known = false;
    } else if (!expr::evaluate(code, {}, number).ok()) {
      return false;
    }
    value.numbers.push_back(number);
  }
  return reader.ok();
}

}  // namespace tenon::ops::detail
