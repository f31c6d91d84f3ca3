// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Threads that run streams: how one is started, sleeps and is woken.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "hostcuda/runtime/stream/stream.h"

namespace hostcuda {

/// One thread waits for it to be raised, others raise it. Lowered by the one who will wait.
class Signal {
 public:
  void lower() { state_.store(kLow, std::memory_order_relaxed); }
  void raise();
  void wait();

 private:
  static constexpr int kLow = 0;
  static constexpr int kRaised = 1;
  static constexpr int kAsleep = 2;  ///< low, and the waiting thread sleeps
  std::atomic<int> state_ = kLow;
};

struct Worker {
  std::shared_ptr<Stream> stream;  ///< what it works on, or finds when it wakes
  Signal woken;
  bool coming = false;  ///< awake without stream: whoever needs a worker may give it one
  bool guest = false;   ///< a thread that waits and does meanwhile what it waits for
};

/// Who is to be woken; on destruction, or by send(). Collected under a lock, sent without it.
struct Wakes {
  std::vector<Worker*> workers;
  std::vector<Signal*> signals;

  Wakes() = default;
  ~Wakes() { send(); }
  Wakes(const Wakes&) = delete;
  Wakes& operator=(const Wakes&) = delete;
  void send();
};

/// Starts a detached thread, with all signals blocked, that runs `body`; false if there can be
/// none.
bool start_thread(Worker& worker, void (*body)(Worker&));

/// How many workers may sleep before further ones end.
size_t idle_limit();

void relax();          ///< tells the core that the thread spins
bool spinning_pays();  ///< there is another core that can do what is waited for
void pause_for_a_millisecond();

/// Looks for `done` for some microseconds, less than a sleep and a wake take; whether it came true.
template <typename Done>
bool spin_until(Done&& done) {
  constexpr int kRounds = 100;
  if (done()) {
    return true;
  }
  for (int round = spinning_pays() ? 0 : kRounds; round < kRounds; ++round) {
    relax();
    if (done()) {
      return true;
    }
  }
  return false;
}

}  // namespace hostcuda
