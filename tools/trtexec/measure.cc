// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The loop, and its threads.
#include "tools/trtexec/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

#include "tools/trtexec/interrupt.h"

namespace tenon::trtexec {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

void pause(double ms) {
  if (ms > 0) std::this_thread::sleep_for(Milliseconds(ms));
}

/// What one thread does with its session.
class Worker {
 public:
  Worker(Session& session, const InferenceOptions& options, int number)
      : session_(session), options_(options), number_(number) {}

  void warm_up() {
    const auto start = Clock::now();
    while (Milliseconds(Clock::now() - start).count() < options_.warm_up_ms && !interrupted()) {
      session_.run();
      ++warm_up_runs_;
    }
  }

  void run(Clock::time_point start, const std::atomic<bool>& stop) {
    const double least_ms = options_.duration_s * 1000;
    const auto now = [start] { return Milliseconds(Clock::now() - start).count(); };
    for (int done = 0; !stop && !interrupted(); ++done) {
      const bool enough = done >= options_.iterations && now() >= least_ms;
      if (enough && options_.duration_s >= 0) break;
      pause(options_.sleep_ms);
      const double begin = now();
      session_.run();
      queries_.push_back({number_, begin, now()});
      pause(options_.idle_ms);
    }
  }

  int warm_up_runs() const { return warm_up_runs_; }
  const std::vector<Query>& queries() const { return queries_; }

 private:
  Session& session_;
  const InferenceOptions& options_;
  const int number_;
  int warm_up_runs_ = 0;
  std::vector<Query> queries_;
};

/// Keeps the first exception of several threads, and tells the others to stop.
class FirstFailure {
 public:
  template <class Work>
  void guard(Work&& work) {
    try {
      work();
    } catch (...) {
      if (!stop_.exchange(true)) failure_ = std::current_exception();
    }
  }
  const std::atomic<bool>& stop() const { return stop_; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::atomic<bool> stop_{false};
  std::exception_ptr failure_;
};

/// Runs `work` for every worker at once; alone it stays on this thread unless asked otherwise.
template <class Work>
void run_all(std::vector<Worker>& workers, bool own_threads, Work work) {
  FirstFailure first;
  if (workers.size() == 1 && !own_threads) {
    work(workers[0], first.stop());
    return;
  }
  std::vector<std::thread> threads;
  for (Worker& worker : workers) {
    threads.emplace_back([&] { first.guard([&] { work(worker, first.stop()); }); });
  }
  for (std::thread& thread : threads) thread.join();
  first.rethrow();
}

}  // namespace

Measurement measure(std::vector<std::unique_ptr<Session>>& sessions, const Options& options) {
  std::vector<Worker> workers;
  for (size_t i = 0; i < sessions.size(); ++i) {
    workers.emplace_back(*sessions[i], options.inference, static_cast<int>(i));
  }
  const bool own_threads = options.inference.threads;
  Measurement result;
  const auto begin = Clock::now();
  run_all(workers, own_threads, [](Worker& worker, const auto&) { worker.warm_up(); });
  result.warm_up_ms = Milliseconds(Clock::now() - begin).count();

  const auto start = Clock::now();
  run_all(workers, own_threads,
          [start](Worker& worker, const auto& stop) { worker.run(start, stop); });
  result.walltime_ms = Milliseconds(Clock::now() - start).count();
  for (const Worker& worker : workers) {
    result.warm_up_runs += worker.warm_up_runs();
    result.queries.insert(result.queries.end(), worker.queries().begin(), worker.queries().end());
  }
  std::sort(result.queries.begin(), result.queries.end(),
            [](const Query& a, const Query& b) { return a.begin < b.begin; });
  return result;
}

}  // namespace tenon::trtexec
