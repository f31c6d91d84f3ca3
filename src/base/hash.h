// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Hashes of bytes (xxHash), the same on every machine and in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tenon {

/// XXH3 with 64 bits. Source: the xxHash specification.
uint64_t hash64(std::span<const std::byte> bytes, uint64_t seed = 0) noexcept;
inline uint64_t hash64(std::string_view text, uint64_t seed = 0) noexcept {
  return hash64(std::as_bytes(std::span(text.data(), text.size())), seed);
}

}  // namespace tenon
