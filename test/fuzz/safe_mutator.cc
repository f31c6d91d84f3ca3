// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Changes engine files as one who knows their build: whole sections, numbers of the program, the
// table; and makes sizes and checksums fit most of the time, since chance would not.
#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "plan/checksum.h"
#include "test/fuzz/safe_input.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using namespace tenon;
using Random = std::minstd_rand;
using Bytes = std::vector<uint8_t>;

size_t below(Random& random, size_t end) { return end == 0 ? 0 : random() % end; }

/// A file in pieces; whole() puts them together again.
struct Pieces {
  plan::Header header{};
  Bytes sections[plan::kSectionCount];

  bool take(std::span<const uint8_t> file) {
    if (file.size() < plan::kTableEnd) return false;
    std::memcpy(&header, file.data(), sizeof header);
    for (size_t i = 0; i < plan::kSectionCount; ++i) {
      plan::SectionEntry entry;
      std::memcpy(&entry, file.data() + sizeof header + i * sizeof entry, sizeof entry);
      if (entry.offset > file.size() || entry.size > file.size() - entry.offset) return false;
      const auto part = file.subspan(entry.offset, entry.size);
      sections[i].assign(part.begin(), part.end());
    }
    return true;
  }

  [[nodiscard]] Bytes whole() const {
    Bytes file(plan::kTableEnd);
    for (size_t i = 0; i < plan::kSectionCount; ++i) {
      const size_t begin = (file.size() + plan::kSectionAlignment - 1) / plan::kSectionAlignment *
                           plan::kSectionAlignment;
      file.resize(begin);
      file.insert(file.end(), sections[i].begin(), sections[i].end());
      const plan::SectionEntry entry{static_cast<uint32_t>(i), 0, begin, sections[i].size(), 0};
      std::memcpy(file.data() + sizeof header + i * sizeof entry, &entry, sizeof entry);
    }
    std::memcpy(file.data(), &header, sizeof header);
    return file;
  }
};

/// A number that readers stumble over, or one that stands elsewhere in the section.
uint64_t odd_number(Random& random, const Bytes& section, size_t width) {
  constexpr uint64_t kOdd[] = {0,
                               1,
                               2,
                               3,
                               4,
                               5,
                               7,
                               8,
                               15,
                               16,
                               63,
                               64,
                               65,
                               127,
                               128,
                               255,
                               256,
                               4096,
                               65535,
                               65536,
                               0x7FFFFFFF,
                               0x80000000,
                               0xFFFFFFFE,
                               0xFFFFFFFF,
                               uint64_t{1} << 46,
                               uint64_t{1} << 62,
                               INT64_MAX,
                               UINT64_MAX};
  if (below(random, 3) != 0) return kOdd[below(random, std::size(kOdd))];
  uint64_t number = 0;
  if (section.size() < width) return number;
  std::memcpy(&number, section.data() + below(random, section.size() / width) * width, width);
  return number;
}

void change_number(Random& random, Bytes& section) {
  constexpr size_t kWidths[] = {1, 2, 4, 4, 4, 8, 8};
  const size_t width = kWidths[below(random, std::size(kWidths))];
  if (section.size() < width) return;
  uint8_t* at = section.data() + below(random, section.size() / width) * width;
  uint64_t number = 0;
  std::memcpy(&number, at, width);
  switch (below(random, 4)) {
    case 0:
      number += 1 + below(random, 8);
      break;
    case 1:
      number -= 1 + below(random, 8);
      break;
    case 2:
      number ^= uint64_t{1} << below(random, width * 8);
      break;
    default:
      number = odd_number(random, section, width);
  }
  std::memcpy(at, &number, width);
}

void copy_run(Random& random, Bytes& section) {
  if (section.size() < 16) return;
  const size_t count = std::min<size_t>(4 << below(random, 5), section.size() / 2);
  const size_t from = below(random, section.size() - count),
               to = below(random, section.size() - count);
  std::memmove(section.data() + to / 4 * 4, section.data() + from / 4 * 4, count);
}

void rewrite(Bytes& section) {
  constexpr size_t kMore = 64;
  const size_t size = section.size();
  section.resize(size + kMore);
  section.resize(LLVMFuzzerMutate(section.data(), size, size + kMore));
}

/// Mostly the program, then parameters: what other sections hold is taken as it is.
size_t some_section(Random& random) {
  constexpr size_t kChosen[] = {0, 0, 0, 0, 0, 3, 3, 3, 2, 4};
  return below(random, 16) == 0 ? below(random, plan::kSectionCount)
                                : kChosen[below(random, std::size(kChosen))];
}

void change(Random& random, Pieces& pieces) {
  const size_t times = size_t{1} << below(random, 3);
  for (size_t i = 0; i < times; ++i) {
    Bytes& section = pieces.sections[some_section(random)];
    switch (below(random, 8)) {
      case 0:
        rewrite(section);
        break;
      case 1:
        copy_run(random, section);
        break;
      default:
        change_number(random, section);
    }
  }
}

void change_table(Random& random, std::span<uint8_t> file) {
  if (file.size() < plan::kTableEnd) return;
  Bytes head(file.begin(), file.begin() + plan::kTableEnd);
  change_number(random, head);
  std::copy(head.begin(), head.end(), file.begin());
}

void repair(std::span<uint8_t> file) {
  if (file.size() >= sizeof(plan::Header)) {
    const uint64_t file_bytes = file.size();
    std::memcpy(file.data() + offsetof(plan::Header, file_bytes), &file_bytes, sizeof file_bytes);
  }
  plan::repair_checksums(std::as_writable_bytes(file));
}

/// Writes `file` behind the wishes where it fits; the new size.
size_t put(const Bytes& file, uint8_t* data, size_t size, size_t max_size) {
  if (sizeof(fuzz::Wishes) + file.size() > max_size) return size;
  std::copy(file.begin(), file.end(), data + sizeof(fuzz::Wishes));
  return sizeof(fuzz::Wishes) + file.size();
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  Random random(seed);
  if (size < sizeof(fuzz::Wishes)) return LLVMFuzzerMutate(data, size, max_size);
  const auto file = [&] { return std::span(data, size).subspan(sizeof(fuzz::Wishes)); };
  Pieces pieces;
  const size_t way = below(random, 32);
  if (way == 0) {
    LLVMFuzzerMutate(data, sizeof(fuzz::Wishes), sizeof(fuzz::Wishes));
  } else if (way == 1) {
    change_table(random, file());
  } else if (way == 2 || !pieces.take(file())) {
    constexpr size_t kWishes = sizeof(fuzz::Wishes);
    size = kWishes + LLVMFuzzerMutate(data + kWishes, size - kWishes, max_size - kWishes);
  } else {
    change(random, pieces);
    size = put(pieces.whole(), data, size, max_size);
  }
  if (below(random, 32) != 0) repair(file());
  return size;
}

/// A file with a section of another.
extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1,
                                            const uint8_t* data2, size_t size2, uint8_t* out,
                                            size_t max_size, unsigned int seed) {
  Random random(seed);
  Pieces one, two;
  constexpr size_t kWishes = sizeof(fuzz::Wishes);
  if (size1 > max_size || size1 < kWishes || size2 < kWishes) return 0;
  if (!one.take(std::span(data1, size1).subspan(kWishes)) ||
      !two.take(std::span(data2, size2).subspan(kWishes))) {
    return 0;
  }
  const size_t which = some_section(random);
  one.sections[which] = two.sections[which];
  std::copy(data1, data1 + kWishes, out);
  const size_t size = put(one.whole(), out, 0, max_size);
  if (size > 0) repair(std::span(out, size).subspan(kWishes));
  return size;
}
