// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Seeds that chance would not find: engine files that are damaged in one place.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "plan/checksum.h"

namespace tenon::fuzz {

/// Gives `put` the file with each number of its bytes [begin, end) changed, behind checksums that
/// fit where the table still says what they are of.
template <class Put>
void damage_numbers(const Bytes& file, size_t begin, size_t end, const Put& put) {
  for (size_t at = begin; at + sizeof(uint32_t) <= end; at += sizeof(uint32_t)) {
    for (const uint32_t change : {1U, 64U, 0xFFFFFFFFU}) {
      Bytes damaged = file;
      uint32_t number = 0;
      std::memcpy(&number, damaged.data() + at, sizeof number);
      number += change;
      std::memcpy(damaged.data() + at, &number, sizeof number);
      plan::repair_checksums(damaged);
      put(damaged);
    }
  }
}

/// The same of its header and table.
template <class Put>
void damage_heads(const Bytes& file, const Put& put) {
  damage_numbers(file, 0, plan::kTableEnd, put);
}

/// The same of a section, which is named by number.
template <class Put>
void damage_section(const Bytes& file, plan::Section section, const Put& put) {
  plan::SectionEntry entry;
  const auto row = static_cast<size_t>(section);
  std::memcpy(&entry, file.data() + sizeof(plan::Header) + row * sizeof entry, sizeof entry);
  damage_numbers(file, entry.offset, entry.offset + entry.size, put);
}

/// Gives `put` the file with one bit changed, once every 64 bytes: no checksum fits.
template <class Put>
void damage_bits(const Bytes& file, const Put& put) {
  for (size_t at = 0; at < file.size(); at += 64) {
    Bytes damaged = file;
    damaged[at] ^= std::byte{1};
    put(damaged);
  }
}

}  // namespace tenon::fuzz
