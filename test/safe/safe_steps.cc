// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times each step of a safe engine, over the safe library's own objects: median, p99.99 and the
// worst that was seen, of many runs. These are measurements, and no bounds: nothing here computes a
// worst-case execution time. Usage: safe_steps ENGINE [RUNS] [PROFILE]. Of engines without plugins;
// on a core that does nothing else.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "safe/engine.h"
#include "safe/memory.h"
#include "safe/profile.h"
#include "safe/recorder.h"

namespace {

using namespace tenon;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* why) {
  std::fprintf(stderr, "safe_steps: %s\n", why);
  std::exit(1);
}

class Recorder final : public nvinfer2::safe::ISafeRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return 0; }
  nvinfer1::ErrorCode getErrorCode(int32_t) const noexcept override {
    return nvinfer1::ErrorCode::kINVALID_ARGUMENT;
  }
  ErrorDesc getErrorDesc(int32_t) const noexcept override { return ""; }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override {}
  bool reportError(nvinfer1::ErrorCode, ErrorDesc text) noexcept override {
    std::fprintf(stderr, "safe_steps: %s\n", text);
    return true;
  }
  RefCount incRefCount() noexcept override { return 0; }
  RefCount decRefCount() noexcept override { return 0; }
};

std::vector<char> read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot open the engine");
  return {std::istreambuf_iterator<char>(file), {}};
}

void* aligned(size_t bytes) {
  void* memory = std::aligned_alloc(kAlignment, align_up(std::max<size_t>(bytes, 1)));
  if (memory == nullptr) fail("there is no memory");
  std::memset(memory, 0, bytes);
  return memory;
}

/// Nanoseconds of one step, or of whole runs.
struct Times {
  std::string name, kernel;
  std::vector<uint32_t> each;

  void print() {
    std::sort(each.begin(), each.end());
    const size_t count = each.size();
    std::printf("%-32.32s %-24.24s %10.3f %10.3f %10.3f\n", name.c_str(), kernel.c_str(),
                each[count / 2] / 1e3, each[count - 1 - count / 10000] / 1e3,
                each[count - 1] / 1e3);
  }
};

uint32_t since(Clock::time_point begin) {
  return static_cast<uint32_t>((Clock::now() - begin).count());
}

class Subject {
 public:
  Subject(const std::vector<char>& file, size_t profile) : voice_(recorder_) {
    const safe::MemoryScope scope(safe::default_allocator(), recorder_);
    const std::span bytes(file.data(), file.size());
    if (!safe::Engine::create(std::as_bytes(bytes), voice_.diag(), engine_).ok()) std::exit(1);
    if (engine_->plugin_count() > 0) fail("the engine has plugins: trtexec_safe times those");
    if (profile >= engine_->view().profile_count()) fail("there is no such profile");
    if (!profile_.prepare(*engine_, profile, {}, voice_.diag()).ok()) std::exit(1);
    profile_.bind_arena(static_cast<std::byte*>(aligned(engine_->view().arena_bytes())));
    for (size_t i = 0; i < engine_->io_count(); ++i) {
      addresses_.push_back(aligned(profile_.io(i).sizeInBytes));
    }
  }

  /// All steps, one timed after the other.
  void run_timed(std::vector<Times>& times, size_t run) {
    for (size_t step = 0; step < times.size(); ++step) {
      const auto begin = Clock::now();
      go(step, step + 1);
      times[step].each[run] = since(begin);
    }
  }
  void run() { go(0, engine_->view().step_count()); }

  [[nodiscard]] std::vector<Times> steps(size_t runs) const {
    std::vector<Times> times;
    for (size_t step = 0; step < engine_->view().step_count(); ++step) {
      const plan::StepView view = engine_->view().step(step);
      times.push_back(
          {std::string(view.name), std::string(view.kernel), std::vector<uint32_t>(runs)});
    }
    return times;
  }

 private:
  void go(size_t first, size_t last) {
    size_t failed = 0;
    const Status status = profile_.run(addresses_, stream_, first, last, failed);
    if (!status.ok()) fail(status.what);
  }

  Recorder recorder_;
  safe::Voice voice_;
  safe::Engine* engine_ = nullptr;
  safe::PreparedProfile profile_;
  std::vector<void*> addresses_;
  device::Stream stream_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 4) fail("usage: safe_steps ENGINE [RUNS] [PROFILE]");
  const size_t runs = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 100000;
  const size_t profile = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 0;
  if (runs == 0) fail("RUNS is a number above 0");
  // Both live until the process ends: what is timed needs no end.
  auto& subject = *new Subject(read(arguments[1]), profile);
  std::vector<Times> steps = subject.steps(runs);
  Times whole{"whole run", "", std::vector<uint32_t>(runs)};
  for (size_t i = 0; i < runs / 100 + 1; ++i) subject.run();
  for (size_t i = 0; i < runs; ++i) subject.run_timed(steps, i);
  for (size_t i = 0; i < runs; ++i) {
    const auto begin = Clock::now();
    subject.run();
    whole.each[i] = since(begin);
  }
  std::printf("%zu runs, in microseconds; measured, not WCET\n", runs);
  std::printf("%-32s %-24s %10s %10s %10s\n", "step", "kernel", "median", "p99.99", "worst");
  for (Times& one : steps) one.print();
  whole.print();
  std::printf("p99.99 / median of whole runs: %.2f\n",
              static_cast<double>(whole.each[runs - 1 - runs / 10000]) /
                  static_cast<double>(whole.each[runs / 2]));
  return 0;
}
