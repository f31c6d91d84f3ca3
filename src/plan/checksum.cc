// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Computing and repairing checksums.
#include "plan/checksum.h"

#include <cstring>

#include "base/hash.h"

namespace tenon::plan {

uint64_t header_checksum(std::span<const std::byte> file) noexcept {
  const uint64_t head = hash64(file.first(offsetof(Header, checksum)));
  return hash64(file.subspan(sizeof(Header), kTableEnd - sizeof(Header)), head);
}

void repair_checksums(std::span<std::byte> file) noexcept {
  if (file.size() < kTableEnd) return;
  for (size_t i = 0; i < kSectionCount; ++i) {
    std::byte* at = file.data() + sizeof(Header) + i * sizeof(SectionEntry);
    SectionEntry entry;
    std::memcpy(&entry, at, sizeof(entry));
    if (entry.offset > file.size() || entry.size > file.size() - entry.offset) continue;
    entry.checksum = hash64(file.subspan(entry.offset, entry.size));
    std::memcpy(at, &entry, sizeof(entry));
  }
  const uint64_t checksum = header_checksum(file);
  std::memcpy(file.data() + offsetof(Header, checksum), &checksum, sizeof(checksum));
}

}  // namespace tenon::plan
