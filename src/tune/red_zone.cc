// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Painting zones and finding the first and last byte that changed.
#include "tune/red_zone.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace tenon::tune {

namespace {

constexpr size_t kWidestZone = size_t{1} << 20;
constexpr std::byte kPaint{0xA5};

bool is_painted(std::byte one) noexcept { return one == kPaint; }

}  // namespace

GuardedBuffer::GuardedBuffer(size_t size) noexcept
    : all_(align_up(size) + 2 * align_up(std::clamp(size, kNarrowZone, kWidestZone))),
      size_(size),
      zone_(align_up(std::clamp(size, kNarrowZone, kWidestZone))) {
  if (all_.data() == nullptr) *this = {};
}

RedZone::RedZone(std::string what, GuardedBuffer& buffer, size_t used)
    : what_(std::move(what)),
      before_(buffer.data() - buffer.zone(), buffer.zone()),
      after_(buffer.data() + used, buffer.bytes().size() - used + buffer.zone()),
      used_(used) {}

void RedZone::paint(size_t width) noexcept {
  front_ = std::min(width, before_.size());
  back_ = std::min(width, after_.size());
  std::fill_n(before_.end() - static_cast<std::ptrdiff_t>(front_), front_, kPaint);
  std::fill_n(after_.begin(), back_, kPaint);
}

std::string RedZone::damage() const {
  const auto front = before_.last(front_), back = after_.first(back_);
  const auto first_before = std::find_if_not(front.begin(), front.end(), is_painted);
  if (first_before != front.end()) {
    return fmt::format("writes before the beginning of {}: at byte -{}", what_,
                       front.end() - first_before);
  }
  const auto first = std::find_if_not(back.begin(), back.end(), is_painted);
  if (first == back.end()) return {};
  const auto last = std::find_if_not(back.rbegin(), back.rend(), is_painted);
  return fmt::format("writes past the end of {}: at byte {} to {}, but it has {} bytes", what_,
                     used_ + static_cast<size_t>(first - back.begin()),
                     used_ + static_cast<size_t>(back.rend() - last) - 1, used_);
}

}  // namespace tenon::tune
