// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rounds of samples.
#include "tune/local_timer.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "tune/cache_sweeper.h"
#include "tune/trial_runner.h"

namespace tenon::tune {

namespace {

using Clock = std::chrono::steady_clock;
constexpr double kNever = std::numeric_limits<double>::infinity();

// A sample shorter than this is made of several runs, so that reading the clock does not count.
constexpr double kLeastSampleMs = 0.02;
// After warming up, what takes so many times the best (and longer than a library's first use of a
// kernel may) is not sampled at all.
constexpr double kHopelessFactor = 10, kHopelessMs = 0.2;
// After two rounds, what takes so many times the best is sampled no more.
constexpr double kLosingFactor = 1.5;

double elapsed_ms(Clock::time_point since) {
  return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

/// One alternative on its way through the rounds.
struct Runner {
  explicit Runner(const Trial& trial) : kernel(trial) {}
  TrialRunner kernel;
  double best_ms = kNever, spent_ms = 0;
  int batch = 1, samples = 0;
  bool abandoned = false;

  [[nodiscard]] bool racing() const noexcept { return kernel.ok() && !abandoned; }
  [[nodiscard]] bool satisfied(const Effort& effort) const noexcept {
    return samples >= effort.most_runs || (samples >= effort.runs && spent_ms >= effort.budget_ms);
  }
};

/// Takes the rounds of one call.
class Race {
 public:
  Race(std::vector<std::unique_ptr<Runner>>& runners, const Effort& effort, CacheSweeper& sweeper)
      : runners_(runners), effort_(effort), sweeper_(sweeper) {}

  void warm_up() {
    for (auto& runner : runners_) {
      if (runner->kernel.ok()) sample(*runner);
    }
    // A first run may pay for threads or code made on first use: nobody is judged by one sample.
    const double best = best_ms();
    for (auto& runner : runners_) {
      if (!hopeless(*runner, best)) continue;
      sample(*runner);
      runner->abandoned = hopeless(*runner, best);
    }
    for (auto& runner : runners_) {
      if (!runner->racing()) continue;
      if (!effort_.cold_weights) {
        // The warm-up sample was long: find how many runs a sample needs with a second.
        sample(*runner);
        const double runs = kLeastSampleMs / std::max(runner->best_ms, 1e-5);
        runner->batch = static_cast<int>(std::clamp(runs, 1.0, 1000.0));
      }
      runner->best_ms = kNever;
      runner->spent_ms = 0;
      runner->samples = 0;
    }
  }

  void rounds() {
    for (int round = 1;; ++round) {
      bool more = false;
      for (auto& runner : runners_) {
        if (!runner->racing() || runner->satisfied(effort_)) continue;
        sample(*runner);
        more = true;
      }
      if (!more) return;
      if (round < 2) continue;
      const double best = best_ms();
      for (auto& runner : runners_) {
        runner->abandoned |= runner->best_ms > kLosingFactor * best;
      }
    }
  }

 private:
  void sample(Runner& runner) {
    const Clock::time_point begin = Clock::now();
    runner.kernel.refresh();
    if (effort_.cold_weights) {
      sweeper_.sweep(runner.kernel.threads());
      for (const auto& bytes : runner.kernel.activations()) sweeper_.touch(bytes);
    }
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < runner.batch; ++i) {
      if (!runner.kernel.run()) return;
    }
    const double ms = elapsed_ms(start);
    runner.kernel.inspect();
    runner.spent_ms += elapsed_ms(begin);
    runner.samples += 1;
    runner.best_ms = std::min(runner.best_ms, ms / runner.batch);
  }

  [[nodiscard]] double best_ms() const {
    double best = kNever;
    for (const auto& runner : runners_) {
      if (runner->kernel.ok()) best = std::min(best, runner->best_ms);
    }
    return best;
  }

  static bool hopeless(const Runner& runner, double best) {
    return runner.kernel.ok() && runner.best_ms > kHopelessMs &&
           runner.best_ms > kHopelessFactor * best;
  }

  std::vector<std::unique_ptr<Runner>>& runners_;
  const Effort& effort_;
  CacheSweeper& sweeper_;
};

}  // namespace

LocalTimer::LocalTimer(const kernel::LoaderTable& loaders, const device::Target& target,
                       const kernel::ContextResources& resources)
    : loaders_(&loaders), resources_(resources), sweeper_(std::make_unique<CacheSweeper>(target)) {}

LocalTimer::~LocalTimer() = default;

std::vector<Timing> LocalTimer::time(std::span<const Trial> trials, const Effort& effort) {
  TrialMemory memory;
  std::vector<std::unique_ptr<Runner>> runners;
  for (const Trial& trial : trials) {
    runners.push_back(std::make_unique<Runner>(trial));
    runners.back()->kernel.prepare(*loaders_, resources_, effort.workspace_limit, memory);
  }
  const bool allocated = memory.allocate();
  for (auto& runner : runners) {
    if (!runner->kernel.ok()) continue;
    if (allocated) {
      runner->kernel.bind(memory);
      if (effort.guard && runner->kernel.ok()) runner->kernel.examine(*loaders_, resources_);
    } else {
      runner->kernel.timing().status = {Code::OutOfMemory, "no memory for timing"};
      runner->kernel.timing().reason = "there is not memory enough to time it";
    }
  }
  Race race(runners, effort, *sweeper_);
  race.warm_up();
  race.rounds();

  std::vector<Timing> timings;
  for (auto& runner : runners) {
    Timing& timing = runner->kernel.timing();
    timing.ms = timing.status.ok() ? runner->best_ms : 0;
    timing.runs = runner->samples;
    timing.abandoned = runner->abandoned;
    timings.push_back(std::move(timing));
  }
  return timings;
}

}  // namespace tenon::tune
