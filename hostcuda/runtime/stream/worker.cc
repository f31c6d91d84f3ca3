// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Starting, sleeping, waking.
#include "hostcuda/runtime/stream/worker.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace hostcuda {

namespace {

long futex(std::atomic<int>& word, int operation, int value) {
  static_assert(sizeof(std::atomic<int>) == sizeof(int));
  return syscall(SYS_futex, reinterpret_cast<int*>(&word), operation | FUTEX_PRIVATE_FLAG, value,
                 nullptr, nullptr, 0);
}

}  // namespace

void Signal::raise() {
  if (state_.exchange(kRaised, std::memory_order_acq_rel) == kAsleep) {
    futex(state_, FUTEX_WAKE, 1);
  }
}

void Signal::wait() {
  if (spin_until([this] { return state_.load(std::memory_order_acquire) == kRaised; })) {
    return;
  }
  int low = kLow;
  if (state_.compare_exchange_strong(low, kAsleep, std::memory_order_acq_rel)) {
    while (state_.load(std::memory_order_acquire) == kAsleep) {
      futex(state_, FUTEX_WAIT, kAsleep);
    }
  }
}

void Wakes::send() {
  for (Worker* worker : workers) {
    worker->woken.raise();
  }
  for (Signal* signal : signals) {
    signal->raise();
  }
  workers.clear();
  signals.clear();
}

bool start_thread(Worker& worker, void (*body)(Worker&)) {
  sigset_t all;
  sigset_t former;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former);  // signals are the program's threads' business
  bool started = true;
  try {
    std::thread thread([&worker, body] {
      pthread_setname_np(pthread_self(), "hostcuda");
      body(worker);
    });
    thread.detach();
  } catch (const std::system_error&) {
    started = false;
  }
  pthread_sigmask(SIG_SETMASK, &former, nullptr);
  return started;
}

size_t idle_limit() {
  static const size_t limit = std::max(4U, std::thread::hardware_concurrency());
  return limit;
}

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

bool spinning_pays() {
  static const bool pays = std::thread::hardware_concurrency() > 1;
  return pays;
}

void pause_for_a_millisecond() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

}  // namespace hostcuda
