// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The few things that the safe library asks of the operating system.
#pragma once

#include <pthread.h>

#include <cstddef>

#include "device/hostcuda.h"

namespace tenon::safe {

/// A lock that needs no construction at run time.
class Mutex {
 public:
  constexpr Mutex() noexcept = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() noexcept;
  void unlock() noexcept;

 private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class Lock {
 public:
  explicit Lock(Mutex& mutex) noexcept : mutex_(mutex) { mutex_.lock(); }
  ~Lock() { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

/// Memory of the C library, where the caller has no allocator of their own. Null when there is
/// none. `alignment` is a power of two.
void* system_allocate(size_t bytes, size_t alignment) noexcept;
void system_release(void* memory) noexcept;

/// The CUDA runtime on the CPU, as look_for_hostcuda() found it; null when there is none.
const device::HostCuda* known_hostcuda() noexcept;
/// Looks among the libraries of the process. Not while a graph runs.
void look_for_hostcuda() noexcept;

/// Lets other threads go first.
void system_yield() noexcept;

/// Ends the program: a call that cannot happen was made.
[[noreturn]] void system_abort() noexcept;

}  // namespace tenon::safe
