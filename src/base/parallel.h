// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Data-parallel loops over one pool of threads a process.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tenon {

/// A loop body: items [begin, end) are yours. A plain function and its argument, so that a call
/// allocates nothing.
using RangeFunction = void (*)(void* argument, int64_t begin, int64_t end);

/// Calls `body` over [0, count) in chunks of at least `grain` items on up to `threads` threads, the
/// caller among them, and returns when all are done. Runs inline when threads <= 1, when count <=
/// grain, or when another thread holds the pool (one pool awake at a time). Workers start on first
/// need, spin a short while and then sleep on a futex. Never allocates after the workers are up.
/// Bodies must not throw. Chunk borders are multiples of `grain`.
void parallel_for(int threads, int64_t count, int64_t grain, RangeFunction body,
                  void* argument) noexcept;

/// The same for a callable: `parallel_for(2, rows, 1, [&](int64_t begin, int64_t end) { … });`
template <class Body>
void parallel_for(int threads, int64_t count, int64_t grain, Body&& body) noexcept {
  parallel_for(
      threads, count, grain,
      [](void* argument, int64_t begin, int64_t end) {
        (*static_cast<std::remove_reference_t<Body>*>(argument))(begin, end);
      },
      const_cast<void*>(static_cast<const void*>(&body)));
}

/// Threads of somebody else, a library's: calls `member(argument, i)` for i in [0, threads), each i
/// on one thread, the caller among them, or for fewer i if it has fewer; returns when all have
/// returned.
using Team = void (*)(int threads, void (*member)(void* argument, int i), void* argument);

/// From now on loops of this process run on `team` in place of the pool's own threads, but where a
/// scope names cores: two sets of threads would wait for each other's cores. Thread-safe; null
/// undoes it.
void use_team(Team team) noexcept;

/// Threads a step may ask for at most: the processors this process may run on, at most 64.
int available_threads() noexcept;

}  // namespace tenon
