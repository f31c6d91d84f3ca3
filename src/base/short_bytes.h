// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Byte strings of a few numbers, without memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace tenon {

/// Writes as ByteWriter does (base/bytes.h), at most N bytes; what does not fit is left out.
template <size_t N>
class ShortByteWriter {
 public:
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void put(T value) {
    raw(std::as_bytes(std::span(&value, 1)));
  }
  void text(std::string_view value) {
    put(static_cast<uint32_t>(value.size()));
    raw(std::as_bytes(std::span(value.data(), value.size())));
  }
  void raw(std::span<const std::byte> bytes) {
    if (bytes.size() > N - size_) return;
    std::memcpy(bytes_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {bytes_, size_}; }

 private:
  std::byte bytes_[N];
  size_t size_ = 0;
};

}  // namespace tenon
