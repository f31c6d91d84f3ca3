// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How many threads, on which cores, the loops of one thread may take.
#pragma once

#include <array>
#include <climits>
#include <cstdint>

namespace tenon {

/// Processors by number, as the system counts them.
class CoreSet {
 public:
  static constexpr int kMost = 1024;

  [[nodiscard]] bool empty() const noexcept { return *this == CoreSet(); }
  /// `core` is from 0 to kMost - 1.
  void add(int core) noexcept { word(core) |= bit(core); }
  [[nodiscard]] bool has(int core) const noexcept {
    return (words_[static_cast<unsigned>(core) / kBits] & bit(core)) != 0;
  }
  friend bool operator==(const CoreSet&, const CoreSet&) = default;

 private:
  static constexpr unsigned kBits = 64;
  static uint64_t bit(int core) noexcept {
    return uint64_t{1} << static_cast<unsigned>(core) % kBits;
  }
  uint64_t& word(int core) noexcept { return words_[static_cast<unsigned>(core) / kBits]; }

  std::array<uint64_t, kMost / kBits> words_{};
};

/// What loops may take; the default is no limit, on the cores of the process.
struct ThreadLimits {
  int threads = INT_MAX;  ///< at least 1, the caller among them
  CoreSet cores;          ///< of the pool's threads; empty: those the pool began with
};

/// While it lives, parallel_for on this thread keeps to `limits`, which outlives it. The calling
/// thread stays on the cores it is on. Never allocates.
class ThreadScope {
 public:
  explicit ThreadScope(const ThreadLimits& limits) noexcept;
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  const ThreadLimits* before_;
};

/// Threads that a loop on this thread may take now.
int thread_limit() noexcept;

/// Cores that this process may run on.
CoreSet available_cores() noexcept;

}  // namespace tenon
