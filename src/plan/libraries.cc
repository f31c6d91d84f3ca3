// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding plugin libraries in an engine file; hostile until verified.
#include "plan/libraries.h"

#include <cstring>

#include "plan/refusal.h"

namespace tenon::plan {

namespace {

LibraryRow row_of(std::span<const std::byte> section, size_t i) noexcept {
  LibraryRow row;
  std::memcpy(&row, section.data() + sizeof(uint64_t) + i * sizeof(row), sizeof(row));
  return row;
}

/// A file name: neither a path nor a text that ends early.
bool is_file_name(std::span<const std::byte> name) noexcept {
  for (const std::byte byte : name) {
    if (byte == std::byte{0} || byte == std::byte{'/'}) return false;
  }
  return !name.empty();
}

}  // namespace

Status verify_libraries(std::span<const std::byte> section) noexcept {
  if (section.empty()) return {};
  uint64_t count = 0;
  if (section.size() < sizeof(count)) return bad("the libraries section is cut off");
  std::memcpy(&count, section.data(), sizeof(count));
  if (count == 0 || count > kMaxLibraries) {
    return bad("the libraries section has an impossible number of libraries");
  }
  size_t at = sizeof(count) + static_cast<size_t>(count) * sizeof(LibraryRow);
  if (at > section.size()) return bad("the libraries section is cut off");
  for (size_t i = 0; i < count; ++i) {
    const LibraryRow row = row_of(section, i);
    if (row.reserved != 0) return bad("a library has bytes where none may be");
    if (row.name_size > kMaxLibraryName || row.name_size >= section.size() - at) {
      return bad("the name of a library is too long");
    }
    if (!is_file_name(section.subspan(at, row.name_size))) {
      return bad("the name of a library is no file name");
    }
    at += row.name_size;
    if (section[at++] != std::byte{0}) return bad("the name of a library has no end");
  }
  for (size_t i = 0; i < count; ++i) {
    const uint64_t bytes = row_of(section, i).bytes;
    if (bytes > section.size() - at) return bad("a library reaches beyond its section");
    at += static_cast<size_t>(bytes);
  }
  return at == section.size() ? Status{} : bad("there are bytes behind the libraries");
}

size_t library_count(std::span<const std::byte> section) noexcept {
  uint64_t count = 0;
  if (!section.empty()) std::memcpy(&count, section.data(), sizeof(count));
  return static_cast<size_t>(count);
}

LibraryView library_at(std::span<const std::byte> section, size_t i) noexcept {
  const size_t count = library_count(section);
  size_t name = sizeof(uint64_t) + count * sizeof(LibraryRow);
  size_t data = name;
  for (size_t at = 0; at < count; ++at) {
    const LibraryRow row = row_of(section, at);
    if (at < i) name += row.name_size + 1;
    data += row.name_size + 1;
  }
  for (size_t at = 0; at < i; ++at) data += static_cast<size_t>(row_of(section, at).bytes);
  const LibraryRow row = row_of(section, i);
  return {{reinterpret_cast<const char*>(section.data()) + name, row.name_size},
          {row.digest[0], row.digest[1]},
          section.subspan(data, static_cast<size_t>(row.bytes))};
}

}  // namespace tenon::plan
