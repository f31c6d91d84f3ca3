// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tells one build of a plugin library from another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tenon::plugin {

/// XXH3-64 of the file's bytes with seed 0 and with seed 1. Tells builds apart; protects against
/// nobody.
using Digest = std::array<uint64_t, 2>;

Digest digest_of(std::span<const std::byte> bytes) noexcept;
/// Of a file; nullopt when it cannot be read.
std::optional<Digest> digest_of_file(const std::string& path);
/// 32 hexadecimal digits.
std::string to_string(const Digest& digest);

}  // namespace tenon::plugin
