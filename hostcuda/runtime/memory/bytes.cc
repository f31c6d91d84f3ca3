// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the memory of the device comes from: an arena, up to a limit.
#include "hostcuda/runtime/memory/bytes.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <limits>
#include <mutex>
#include <string>

#include "hostcuda/runtime/memory/arena.h"

namespace hostcuda {
namespace {

constexpr unsigned char kPoison = 0xFF;
/// Freed memory that is kept poisoned, in bytes.
constexpr std::size_t kKeptPoisoned = std::size_t{64} << 20;

std::atomic<std::size_t> used_bytes{0};

std::size_t rounded(std::size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

/// "8G", "512M", "1024K" or plain bytes; 0 for anything else.
std::size_t parse_size(const char* text) {
  char* end = nullptr;
  const unsigned long long number = std::strtoull(text, &end, 10);
  const std::string unit(end);
  const int shift = unit == "G" ? 30 : unit == "M" ? 20 : unit == "K" ? 10 : unit.empty() ? 0 : -1;
  if (shift < 0 || number > (std::numeric_limits<std::size_t>::max() >> shift)) return 0;
  return static_cast<std::size_t>(number) << shift;
}

std::size_t machine_memory() {
  std::size_t bytes = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
  // A control group without a limit says "max", which is no number.
  std::size_t group = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> group && group > 0) {
    bytes = std::min(bytes, group);
  }
  return bytes;
}

struct Freed {
  void* memory;
  std::size_t size;
};

/// Freed memory that stays poisoned until newer freed memory takes its place.
class Quarantine {
 public:
  void keep(Freed freed) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(freed);
    bytes_ += freed.size;
    drop_to(kKeptPoisoned);
  }

  void drop_all() {
    const std::lock_guard lock(mutex_);
    drop_to(0);
  }

 private:
  void drop_to(std::size_t most) {
    while (bytes_ > most) {
      arena_give(kept_.front().memory, kept_.front().size);
      bytes_ -= kept_.front().size;
      kept_.pop_front();
    }
  }

  std::mutex mutex_;
  std::deque<Freed> kept_;
  std::size_t bytes_ = 0;
};

// Never destroyed: threads of the program may free memory while the process ends.
Quarantine& quarantine() {
  static auto* const one = new Quarantine;
  return *one;
}

bool charge(std::size_t size) {
  std::size_t before = used_bytes.load(std::memory_order_relaxed);
  do {
    if (size > memory_limit() || before > memory_limit() - size) return false;
  } while (!used_bytes.compare_exchange_weak(before, before + size, std::memory_order_relaxed));
  return true;
}

}  // namespace

std::size_t memory_limit() noexcept {
  static const std::size_t limit = [] {
    const char* const asked = std::getenv("HOSTCUDA_MEMORY");
    const std::size_t size = asked ? parse_size(asked) : 0;
    return size > 0 ? size : machine_memory();
  }();
  return limit;
}

std::size_t memory_used() noexcept { return used_bytes.load(std::memory_order_relaxed); }

bool poisons() noexcept {
  static const bool on = [] {
    const char* const asked = std::getenv("HOSTCUDA_POISON");
    return asked && std::strcmp(asked, "0") != 0;
  }();
  return on;
}

void* take_bytes(std::size_t size) noexcept {
  if (size == 0 || size > std::numeric_limits<std::size_t>::max() - kAlignment) return nullptr;
  const std::size_t whole = rounded(size);
  if (!charge(whole)) return nullptr;
  void* const memory = arena_take(whole);
  if (!memory) {
    used_bytes.fetch_sub(whole, std::memory_order_relaxed);
    return nullptr;
  }
  poison(memory, whole);
  return memory;
}

void give_bytes(void* memory, std::size_t size) noexcept {
  const std::size_t whole = rounded(size);
  used_bytes.fetch_sub(whole, std::memory_order_relaxed);
  if (poisons()) {
    poison(memory, whole);
    quarantine().keep({memory, whole});
  } else {
    arena_give(memory, whole);
  }
}

void flush_poisoned() noexcept { quarantine().drop_all(); }

void poison(void* memory, std::size_t size) noexcept {
  if (poisons()) std::memset(memory, kPoison, size);
}

}  // namespace hostcuda
