// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Files: mapped for reading, replaced whole for writing.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon {

/// A file mapped read-only. The bytes live as long as the object; move-only.
class MappedFile {
 public:
  /// Fails with Io and a sentence naming the path when it cannot be opened or mapped. An empty file
  /// is fine and has no bytes.
  static Result<MappedFile> open(const std::string& path, Diagnostics& diag);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

/// Writes all bytes to a temporary name beside `path` and renames it, so a reader sees the old file
/// or the new one, never half of one. On failure nothing is left behind.
Status write_file(const std::string& path, std::span<const std::byte> bytes, Diagnostics& diag);

}  // namespace tenon
