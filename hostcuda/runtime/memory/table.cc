// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the runtime knows of addresses: memory it gave out or was shown, and what was freed.
#include "hostcuda/runtime/memory/table.h"

#include <iterator>
#include <mutex>

namespace hostcuda {
namespace {

/// Freed stretches that are remembered; beyond them the lowest addresses are forgotten.
constexpr std::size_t kMostFreed = 65536;

}  // namespace

Table& Table::instance() {
  static auto* const one = new Table;
  return *one;
}

void Table::add(Allocation allocation) {
  const std::unique_lock lock(mutex_);
  put(allocation);
}

void Table::put(Allocation allocation) {
  allocation.serial = ++serial_;
  // An empty allocation still has an address of its own.
  forget_freed(allocation.base, allocation.base + (allocation.size > 0 ? allocation.size : 1));
  live_[allocation.base] = allocation;
}

Known Table::find(const void* address) const {
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  const std::shared_lock lock(mutex_);
  Known known;
  if (auto after = live_.upper_bound(place); after != live_.begin()) {
    const Allocation& before = std::prev(after)->second;
    if (place - before.base < before.size) {
      known.allocation = before;
      return known;
    }
  }
  if (auto after = freed_.upper_bound(place); after != freed_.begin()) {
    known.freed = place < std::prev(after)->second;
  }
  return known;
}

bool Table::add_apart(Allocation allocation) {
  const std::unique_lock lock(mutex_);
  if (const auto after = live_.lower_bound(allocation.base + allocation.size);
      after != live_.begin()) {
    const Allocation& before = std::prev(after)->second;
    if (before.base + before.size > allocation.base) return false;
  }
  put(allocation);
  return true;
}

std::vector<Allocation> Table::remove_all() {
  const std::unique_lock lock(mutex_);
  std::vector<Allocation> all;
  for (const auto& [base, allocation] : live_) {
    all.push_back(allocation);
    remember_freed(allocation);
  }
  live_.clear();
  return all;
}

std::optional<Allocation> Table::take(std::map<std::uintptr_t, Allocation>::iterator at) {
  const Allocation allocation = at->second;
  live_.erase(at);
  remember_freed(allocation);
  return allocation;
}

void Table::remember_freed(const Allocation& allocation) {
  // Registered memory goes on living as the program's own.
  if (allocation.kind == Kind::Registered || allocation.size == 0) return;
  freed_[allocation.base] = allocation.base + allocation.size;
  if (freed_.size() > kMostFreed) freed_.erase(freed_.begin());
}

void Table::forget_freed(std::uintptr_t begin, std::uintptr_t end) {
  auto at = freed_.lower_bound(begin);
  if (at != freed_.begin() && std::prev(at)->second > begin) --at;
  while (at != freed_.end() && at->first < end) {
    const auto [old_begin, old_end] = *at;
    at = freed_.erase(at);
    if (old_begin < begin) freed_[old_begin] = begin;
    if (old_end > end) freed_[end] = old_end;
  }
}

}  // namespace hostcuda
