// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Hashing library files.
#include "plugin/registry/digest.h"

#include <fmt/core.h>

#include "base/file.h"
#include "base/hash.h"

namespace tenon::plugin {

Digest digest_of(std::span<const std::byte> bytes) noexcept {
  return {hash64(bytes, 0), hash64(bytes, 1)};
}

std::optional<Digest> digest_of_file(const std::string& path) {
  CollectingSink unheard;  // A library without a readable file is no fault.
  Diagnostics diag(unheard);
  const auto file = MappedFile::open(path, diag);
  if (!file.ok()) return std::nullopt;
  return digest_of(file->bytes());
}

std::string to_string(const Digest& digest) {
  return fmt::format("{:016x}{:016x}", digest[0], digest[1]);
}

}  // namespace tenon::plugin
