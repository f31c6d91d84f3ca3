// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Starting, sleeping, waking.
#include "hostcuda/runtime/stream/worker.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace hostcuda {

void Worker::sleep() {
  if (!spin_until([this] { return woken.load(std::memory_order_acquire) != 0; })) {
    woken.wait(0, std::memory_order_acquire);
  }
}

void Wakes::send() {
  for (Worker* worker : workers) {
    worker->woken.store(1, std::memory_order_release);
    worker->woken.notify_one();
  }
  for (std::atomic<int>* flag : flags) {
    flag->store(1, std::memory_order_release);
    flag->notify_one();
  }
  workers.clear();
  flags.clear();
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
  static const size_t limit = std::max(2U, std::thread::hardware_concurrency());
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
