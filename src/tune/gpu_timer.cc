// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rounds of samples on a GPU.
#include "tune/gpu_timer.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "tune/gpu_trial.h"

namespace tenon::tune {

namespace {

constexpr double kNeverOnGpu = std::numeric_limits<double>::infinity();

// After two rounds, what takes so many times the best is sampled no more.
constexpr double kGpuLosingFactor = 1.5;
// What precedes a sample writes at least so much: it takes longer than queueing the run.
constexpr size_t kLeastFlush = size_t{96} << 20;

/// One alternative on its way through the rounds.
struct GpuRunner {
  GpuRunner(const Trial& trial, const device::Gpu& gpu, device::Stream stream)
      : kernel(trial, gpu, stream) {}
  GpuTrial kernel;
  double best_ms = kNeverOnGpu, spent_ms = 0;
  int samples = 0;
  bool abandoned = false;

  [[nodiscard]] bool racing() const noexcept { return kernel.ok() && !abandoned; }
  [[nodiscard]] bool satisfied(const Effort& effort) const noexcept {
    return samples >= effort.most_runs || (samples >= effort.runs && spent_ms >= effort.budget_ms);
  }
};

}  // namespace

/// A stream, two events, and memory larger than the L2 cache.
class GpuClock {
 public:
  explicit GpuClock(const device::Gpu& gpu)
      : gpu_(gpu), flush_(gpu, std::max(kLeastFlush, size_t{gpu.target().l2_bytes} * 2)) {
    constexpr unsigned kNonBlocking = 1;
    const device::CudaDriver& driver = gpu.driver();
    usable_ = flush_.data() != nullptr && driver.cuStreamCreate(&stream_, kNonBlocking) == 0 &&
              driver.cuEventCreate(&begin_, 0) == 0 && driver.cuEventCreate(&end_, 0) == 0;
  }
  ~GpuClock() {
    const device::GpuScope scope(&gpu_);
    const device::CudaDriver& driver = gpu_.driver();
    if (begin_ != nullptr) (void)driver.cuEventDestroy(begin_);
    if (end_ != nullptr) (void)driver.cuEventDestroy(end_);
    if (stream_ != nullptr) (void)driver.cuStreamDestroy(stream_);
  }
  GpuClock(const GpuClock&) = delete;
  GpuClock& operator=(const GpuClock&) = delete;

  [[nodiscard]] bool usable() const noexcept { return usable_; }
  [[nodiscard]] device::Stream stream() const noexcept { return gpu_.stream(stream_); }

  /// Counts against the budget what it takes altogether: kernels are short beside the rest.
  void sample(GpuRunner& runner, bool cold) {
    const auto start = std::chrono::steady_clock::now();
    take(runner, cold);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    runner.spent_ms += took.count();
  }

 private:
  void take(GpuRunner& runner, bool cold) {
    const device::CudaDriver& driver = gpu_.driver();
    int code = driver.cuMemsetD8Async(device::cu_address(flush_.data()), 0, flush_.size(), stream_);
    if (!cold && !runner.kernel.run()) return;
    if (code == 0) code = driver.cuEventRecord(begin_, stream_);
    if (!runner.kernel.run()) return;
    if (code == 0) code = driver.cuEventRecord(end_, stream_);
    if (code == 0) code = driver.cuEventSynchronize(end_);
    float ms = 0;
    if (code == 0) code = driver.cuEventElapsedTime(&ms, begin_, end_);
    if (code != 0) {
      const Status status = gpu_.to_status(code);
      return runner.kernel.fail(status,
                                fmt::format("what it put on the stream failed: {}", status.what));
    }
    runner.samples += 1;
    runner.best_ms = std::min(runner.best_ms, double{ms});
  }

  const device::Gpu& gpu_;
  device::GpuBuffer flush_;
  device::CuStream stream_ = nullptr;
  device::CuEvent begin_ = nullptr, end_ = nullptr;
  bool usable_ = false;
};

namespace {

void race_on_gpu(std::vector<std::unique_ptr<GpuRunner>>& runners, const Effort& effort,
                 GpuClock& clock) {
  for (int round = 1;; ++round) {
    bool more = false;
    for (auto& runner : runners) {
      if (!runner->racing() || runner->satisfied(effort)) continue;
      clock.sample(*runner, effort.cold_weights);
      more = true;
    }
    if (!more) return;
    if (round < 2) continue;
    double best = kNeverOnGpu;
    for (const auto& runner : runners) {
      if (runner->kernel.ok()) best = std::min(best, runner->best_ms);
    }
    for (auto& runner : runners) {
      runner->abandoned |= runner->best_ms > kGpuLosingFactor * best;
    }
  }
}

}  // namespace

GpuTimer::GpuTimer(const kernel::LoaderTable& loaders, const device::Gpu& gpu,
                   const kernel::ContextResources& resources)
    : loaders_(&loaders), gpu_(&gpu), resources_(resources) {}

GpuTimer::~GpuTimer() = default;

std::vector<Timing> GpuTimer::time(std::span<const Trial> trials, const Effort& effort) {
  const device::GpuScope scope(gpu_);
  if (clock_ == nullptr) clock_ = std::make_unique<GpuClock>(*gpu_);
  GpuTrialMemory memory(*gpu_);
  std::vector<std::unique_ptr<GpuRunner>> runners;
  for (const Trial& trial : trials) {
    runners.push_back(std::make_unique<GpuRunner>(trial, *gpu_, clock_->stream()));
    runners.back()->kernel.prepare(*loaders_, resources_, effort.workspace_limit, memory);
  }
  const bool ready = clock_->usable() && memory.allocate();
  for (auto& runner : runners) {
    if (!runner->kernel.ok()) continue;
    if (ready) {
      runner->kernel.bind(memory);
    } else {
      runner->kernel.fail({Code::OutOfMemory, "no memory for timing"},
                          "the GPU has not memory enough to time it");
    }
    if (effort.guard && trials[static_cast<size_t>(&runner - runners.data())].live != nullptr) {
      runner->kernel.timing().warnings.emplace_back(
          "guarded mode watches plugins on a processor; on a GPU it sees no more than writes into "
          "its inputs and next to its outputs");
    }
  }
  race_on_gpu(runners, effort, *clock_);

  std::vector<Timing> timings;
  for (auto& runner : runners) {
    Timing& timing = runner->kernel.timing();
    timing.ms = timing.status.ok() && runner->samples > 0 ? runner->best_ms : 0;
    timing.runs = runner->samples;
    timing.abandoned = runner->abandoned;
    timings.push_back(std::move(timing));
  }
  return timings;
}

}  // namespace tenon::tune
