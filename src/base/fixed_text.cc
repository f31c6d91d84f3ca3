// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Formatting into what room there is.
#include "base/fixed_text.h"

#include <algorithm>
#include <cstring>

namespace tenon {

namespace {

/// Takes characters until the room, but for a zero byte, is full.
class Room {
 public:
  explicit Room(std::span<char> to) noexcept : to_(to.first(to.size() - 1)), whole_(to) {}
  void add(std::string_view text) noexcept {
    const size_t count = std::min(text.size(), to_.size() - size_);
    if (count != 0) std::memcpy(to_.data() + size_, text.data(), count);
    size_ += count;
  }
  size_t end() noexcept {
    whole_[size_] = '\0';
    return size_;
  }

 private:
  std::span<char> to_, whole_;
  size_t size_ = 0;
};

void add_number(Room& room, bool negative, uint64_t number) noexcept {
  char digits[21];
  size_t first = sizeof digits;
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  if (negative) digits[--first] = '-';
  room.add({digits + first, sizeof digits - first});
}

}  // namespace

size_t format_into(std::span<char> to, std::string_view pattern,
                   std::span<const TextArg> args) noexcept {
  Room room(to);
  size_t next = 0;
  while (!pattern.empty()) {
    const size_t hole = std::min(pattern.find("{}"), pattern.size());
    room.add({pattern.data(), hole});
    pattern.remove_prefix(hole);
    if (pattern.empty()) break;
    pattern.remove_prefix(2);
    if (next >= args.size()) continue;
    const TextArg& arg = args[next++];
    if (arg.is_number_) {
      add_number(room, arg.negative_, arg.number_);
    } else {
      room.add(arg.text_);
    }
  }
  return room.end();
}

}  // namespace tenon
