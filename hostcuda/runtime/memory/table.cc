// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the runtime knows of addresses: memory it gave out or was shown.
#include "hostcuda/runtime/memory/table.h"

#include <iterator>
#include <mutex>

#include "hostcuda/runtime/memory/arena.h"

namespace hostcuda {

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
  live_[allocation.base] = allocation;
}

Known Table::find(const void* address) const {
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  Known known;
  {
    const std::shared_lock lock(mutex_);
    if (const auto after = live_.upper_bound(place); after != live_.begin()) {
      const Allocation& before = std::prev(after)->second;
      if (place - before.base < before.size) known.allocation = before;
    }
  }
  known.freed = !known.allocation && arena_holds(address);
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
  }
  live_.clear();
  return all;
}

}  // namespace hostcuda
