// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A pool of threads that spin a little and then sleep on a futex. A loop falls into as many parts
// as it may have threads; each worker begins with its own, and the caller does what nobody has
// begun, so that it waits for nobody who is asleep or has no core.
#include "base/parallel.h"
#include "base/thread_scope.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <climits>

namespace tenon {

namespace {

constexpr int kMaxThreads = 64;
const ThreadLimits kNoLimits;
thread_local const ThreadLimits* limits = &kNoLimits;

constexpr int kSpins = 4000;  // Some tens of microseconds: longer than the gap between two steps.

void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void futex_wait(std::atomic<uint32_t>& word, uint32_t seen) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
}

void futex_wake_all(std::atomic<uint32_t>& word) noexcept {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

/// One loop in flight. Written by the caller before it opens the parts, read by who took one.
struct Job {
  RangeFunction body;
  void* argument;
  int64_t count;
  int64_t grain;
  int parts;
};

void run_part(const Job& job, int part) noexcept {
  const int64_t blocks = (job.count + job.grain - 1) / job.grain;
  const int64_t begin = blocks * part / job.parts * job.grain;
  const int64_t end = std::min(job.count, blocks * (part + 1) / job.parts * job.grain);
  if (begin < end) job.body(job.argument, begin, end);
}

class Pool {
 public:
  static Pool& instance() noexcept {
    static Pool* pool = new Pool;  // Lives as long as its threads: for ever.
    return *pool;
  }

  /// False when somebody else holds the pool.
  bool run(const Job& job) noexcept {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    if (const Team team = team_.load(std::memory_order_acquire); team && limits->cores.empty()) {
      open(job);
      team(
          job.parts, [](void* pool, int i) { static_cast<Pool*>(pool)->run_open_parts(i); }, this);
      await_others();  // A thread of the pool, awake from an earlier loop, may have taken a part.
      busy_.store(false, std::memory_order_release);
      return true;
    }
    start_workers(job.parts - 1);
    const CoreSet& wanted = limits->cores.empty() ? first_cores_ : limits->cores;
    if (wanted != cores_) move_workers(wanted);
    Job own = job;
    own.parts = std::min(job.parts, workers_ + 1);
    open(own);
    epoch_.fetch_add(1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) futex_wake_all(epoch_);
    run_open_parts(0);
    await_others();
    busy_.store(false, std::memory_order_release);
    return true;
  }

  void use(Team team) noexcept { team_.store(team, std::memory_order_release); }

 private:
  Pool() noexcept : first_cores_(available_cores()), cores_(first_cores_) {
    pthread_atfork(nullptr, nullptr, [] { Pool::instance().forget_workers(); });
  }

  struct Worker {
    Pool* pool;
    int part;
    uint32_t epoch;
    pthread_t thread;
  };

  void start_workers(int wanted) noexcept {
    while (workers_ < wanted) {
      const int part = workers_ + 1;
      Worker& seat = seats_[part];
      seat = {this, part, epoch_.load(std::memory_order_relaxed), {}};
      pthread_t thread{};
      if (pthread_create(&thread, nullptr, &Pool::work, &seat) != 0) return;
      seat.thread = thread;
      pthread_detach(thread);
      ++workers_;
      move_worker(seat, cores_);  // It was born where its maker is.
    }
  }

  static void move_worker(const Worker& worker, const CoreSet& cores) noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int core = 0; core < CoreSet::kMost; ++core) {
      if (cores.has(core)) CPU_SET(core, &set);
    }
    pthread_setaffinity_np(worker.thread, sizeof set, &set);  // Refused, it stays where it is.
  }

  void move_workers(const CoreSet& cores) noexcept {
    cores_ = cores;
    for (int part = 1; part <= workers_; ++part) move_worker(seats_[part], cores);
  }

  /// A child of fork has none of the parent's threads.
  void forget_workers() noexcept {
    workers_ = 0;
    open_ = 0;
    pending_ = 0;
    sleepers_ = 0;
    caller_sleeps_ = false;
    busy_ = false;
  }

  static void* work(void* argument) noexcept {
    Worker& self = *static_cast<Worker*>(argument);
    for (;;) {
      self.epoch = self.pool->await_epoch_after(self.epoch);
      self.pool->run_open_parts(self.part);
    }
    return nullptr;
  }

  void open(const Job& job) noexcept {
    job_ = job;
    pending_.store(static_cast<uint32_t>(job.parts), std::memory_order_relaxed);
    open_.store(~uint64_t{0} >> (kMaxThreads - job.parts), std::memory_order_release);
  }

  /// Takes a part that nobody has begun, `own` if it is one of them; -1 if there is none. Until it
  /// is counted off pending_, job_ stays as it is.
  int take(int own) noexcept {
    uint64_t open = open_.load(std::memory_order_acquire);
    while (open != 0) {
      const int part = (open >> own & 1) != 0 ? own : std::countr_zero(open);
      if (open_.compare_exchange_weak(open, open & ~(uint64_t{1} << part),
                                      std::memory_order_acq_rel, std::memory_order_acquire)) {
        return part;
      }
    }
    return -1;
  }

  void run_open_parts(int own) noexcept {
    for (int part = take(own); part >= 0; part = take(own)) {
      run_part(job_, part);
      if (pending_.fetch_sub(1, std::memory_order_seq_cst) == 1 &&
          caller_sleeps_.load(std::memory_order_seq_cst)) {
        futex_wake_all(pending_);
      }
    }
  }

  /// Returns when every part is done. Sleeps after a while: whoever is late may need this core.
  void await_others() noexcept {
    for (int spin = 0; spin < kSpins; ++spin) {
      if (pending_.load(std::memory_order_acquire) == 0) return;
      pause_cpu();
    }
    caller_sleeps_.store(true, std::memory_order_seq_cst);
    for (uint32_t left = pending_.load(std::memory_order_seq_cst); left != 0;
         left = pending_.load(std::memory_order_seq_cst)) {
      futex_wait(pending_, left);
    }
    caller_sleeps_.store(false, std::memory_order_relaxed);
  }

  uint32_t await_epoch_after(uint32_t seen) noexcept {
    for (int spin = 0; spin < kSpins; ++spin) {
      const uint32_t now = epoch_.load(std::memory_order_acquire);
      if (now != seen) return now;
      pause_cpu();
    }
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    uint32_t now = epoch_.load(std::memory_order_seq_cst);
    while (now == seen) {
      futex_wait(epoch_, seen);
      now = epoch_.load(std::memory_order_seq_cst);
    }
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
    return now;
  }

  std::atomic<bool> busy_{false};
  std::atomic<Team> team_{nullptr};
  std::atomic<uint32_t> epoch_{0};
  std::atomic<uint64_t> open_{0};     ///< a bit for each part of the loop that nobody has begun
  std::atomic<uint32_t> pending_{0};  ///< parts that are not done
  std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  Job job_{};
  int workers_ = 0;
  const CoreSet first_cores_;  ///< of the process when the pool began
  CoreSet cores_;              ///< of the workers now
  Worker seats_[kMaxThreads + 1] = {};
};

}  // namespace

void parallel_for(int threads, int64_t count, int64_t grain, RangeFunction body,
                  void* argument) noexcept {
  if (count <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  const int64_t blocks = (count + grain - 1) / grain;
  threads = std::min({threads, limits->threads, kMaxThreads});
  const int parts = static_cast<int>(std::min<int64_t>(threads, blocks));
  if (parts <= 1 || !Pool::instance().run({body, argument, count, grain, parts})) {
    body(argument, 0, count);
  }
}

void use_team(Team team) noexcept { Pool::instance().use(team); }

int available_threads() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::clamp(CPU_COUNT(&set), 1, kMaxThreads);
}

CoreSet available_cores() noexcept {
  CoreSet cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CoreSet::kMost; ++core) {
    if (CPU_ISSET(core, &set)) cores.add(core);
  }
  return cores;
}

ThreadScope::ThreadScope(const ThreadLimits& own) noexcept : before_(limits) { limits = &own; }
ThreadScope::~ThreadScope() { limits = before_; }

int thread_limit() noexcept { return limits->threads; }

}  // namespace tenon
