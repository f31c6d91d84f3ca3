// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the runtime knows of addresses: memory it gave out or was shown.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

namespace hostcuda {

enum class Kind : std::uint8_t {
  Device,      ///< cudaMalloc
  Managed,     ///< cudaMallocManaged
  Host,        ///< cudaMallocHost, cudaHostAlloc
  Registered,  ///< cudaHostRegister: the program's own memory
  Ordered,     ///< cudaMallocAsync: from a pool, in the order of a stream
  Graph,       ///< an allocation node of a graph
  Symbol,      ///< a variable of the program that its kernels use
};

/// One stretch of memory.
struct Allocation {
  std::uintptr_t base = 0;
  std::size_t size = 0;      ///< bytes the program asked for
  std::size_t capacity = 0;  ///< bytes behind them
  Kind kind = Kind::Device;
  unsigned int flags = 0;        ///< of the call that made it
  cudaMemPool_t pool = nullptr;  ///< Ordered: where it goes back to
  bool live = true;              ///< Graph: between its allocation and its release
  bool releasing = false;        ///< its release is queued: new work may not use it
  bool orphan = false;           ///< Graph: no node reserves it any more
  std::uint64_t serial = 0;      ///< its number since the process began

  void* pointer() const { return reinterpret_cast<void*>(base); }
  /// Memory that only the device may touch.
  bool device_only() const {
    return kind == Kind::Device || kind == Kind::Ordered || kind == Kind::Graph;
  }
  /// Whether `bytes` bytes from `address`, which lies within, end within.
  bool holds(std::uintptr_t address, std::size_t bytes) const {
    return bytes <= size - (address - base);
  }
};

/// What an address is.
struct Known {
  std::optional<Allocation> allocation;  ///< what it lies in
  bool freed = false;                    ///< it lies in none, but among the device's addresses
};

/// The allocations of the process. All methods: any thread.
class Table {
 public:
  /// The one table; never destroyed.
  static Table& instance();

  void add(Allocation allocation);

  Known find(const void* address) const;

  /// Takes out the allocation that begins at `address`; none if there is none of which `fits` is
  /// true.
  template <typename Fits>
  std::optional<Allocation> remove(const void* address, Fits fits);

  /// Runs `change(Allocation&)` on the allocation that begins at `address`; its answer, or false
  /// if there is none.
  template <typename Change>
  bool change(const void* address, Change change);

  /// As add, but refuses (false) what touches an allocation that is there.
  bool add_apart(Allocation allocation);

  /// Empties the table. For cudaDeviceReset.
  std::vector<Allocation> remove_all();

 private:
  void put(Allocation allocation);

  mutable std::shared_mutex mutex_;
  std::map<std::uintptr_t, Allocation> live_;
  std::uint64_t serial_ = 0;
};

template <typename Fits>
std::optional<Allocation> Table::remove(const void* address, Fits fits) {
  const std::unique_lock lock(mutex_);
  const auto at = live_.find(reinterpret_cast<std::uintptr_t>(address));
  if (at == live_.end() || !fits(at->second)) return std::nullopt;
  const Allocation removed = at->second;
  live_.erase(at);
  return removed;
}

template <typename Change>
bool Table::change(const void* address, Change change) {
  const std::unique_lock lock(mutex_);
  const auto at = live_.find(reinterpret_cast<std::uintptr_t>(address));
  return at != live_.end() && change(at->second);
}

}  // namespace hostcuda
