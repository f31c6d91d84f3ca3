// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// NVRTC, and the code it has made so far.
#include "backends/cuda/compile.h"

#include <fmt/core.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "backends/cuda/texts.h"
#include "base/hash.h"
#include "device/cuda.h"

namespace tenon::cuda {

namespace {

/// A program of NVRTC.
class NvrtcProgram {
 public:
  explicit NvrtcProgram(const device::Nvrtc& nvrtc) : nvrtc_(nvrtc) {}
  NvrtcProgram(const NvrtcProgram&) = delete;
  NvrtcProgram& operator=(const NvrtcProgram&) = delete;
  ~NvrtcProgram() {
    if (program_ != nullptr) (void)nvrtc_.nvrtcDestroyProgram(&program_);
  }
  bool create(const std::string& text) {
    return nvrtc_.nvrtcCreateProgram(&program_, text.c_str(), "kernel.cu", 0, nullptr, nullptr) ==
           0;
  }
  bool compile(int sm) {
    const std::string architecture = fmt::format("--gpu-architecture=sm_{}", sm);
    const char* const options[] = {architecture.c_str(), "--std=c++17"};
    return nvrtc_.nvrtcCompileProgram(program_, 2, options) == 0;
  }
  [[nodiscard]] std::string log() const {
    size_t size = 0;
    if (nvrtc_.nvrtcGetProgramLogSize(program_, &size) != 0 || size == 0) return "no words";
    std::string text(size, '\0');
    if (nvrtc_.nvrtcGetProgramLog(program_, text.data()) != 0) return "no words";
    return text.substr(0, 2000);
  }
  [[nodiscard]] bool code(Bytes& bytes) const {
    size_t size = 0;
    if (nvrtc_.nvrtcGetCUBINSize(program_, &size) != 0 || size == 0) return false;
    bytes.resize(size);
    return nvrtc_.nvrtcGetCUBIN(program_, reinterpret_cast<char*>(bytes.data())) == 0;
  }

 private:
  const device::Nvrtc& nvrtc_;
  void* program_ = nullptr;
};

/// What became of a text: code, or words about why there is none.
struct Compiled {
  std::shared_ptr<const Bytes> code;
  Code fault = Code::Ok;
  std::string words;
};

Compiled compile_now(const device::Nvrtc& nvrtc, const std::string& text, int sm) {
  NvrtcProgram program(nvrtc);
  if (!program.create(std::string(kPreludeText) + text)) {
    return {nullptr, Code::Device, "NVRTC does not start"};
  }
  Bytes bytes;
  if (!program.compile(sm) || !program.code(bytes)) {
    return {nullptr, Code::Internal,
            fmt::format("NVRTC refuses the text of a kernel for sm_{}: {}", sm, program.log())};
  }
  return {std::make_shared<const Bytes>(std::move(bytes)), Code::Ok, {}};
}

/// Texts that are compiled or being compiled, and threads that compile ahead.
class Compiler {
 public:
  explicit Compiler(const device::Nvrtc& nvrtc) : nvrtc_(nvrtc) {}
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;
  ~Compiler() {
    {
      const std::lock_guard lock(mutex_);
      jobs_.clear();
      stops_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  Compiled compile(const std::string& text, int sm) {
    std::unique_lock lock(mutex_);
    const auto [future, job] = find(text, sm);
    lock.unlock();
    if (job) (*job)();
    Compiled compiled = future.get();
    if (compiled.code == nullptr) {
      lock.lock();
      known_.erase(key_of(text, sm));
    }
    return compiled;
  }

  void compile_ahead(const std::string& text, int sm) {
    const std::lock_guard lock(mutex_);
    auto [future, job] = find(text, sm);
    if (!job) return;
    jobs_.push_back(std::move(job));
    const size_t most = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 16);
    if (workers_.size() < most && idle_ < jobs_.size()) {
      workers_.emplace_back([this] { work(); });
    } else {
      wake_.notify_one();
    }
  }

 private:
  using Key = std::pair<uint64_t, uint64_t>;
  using Job = std::shared_ptr<std::packaged_task<Compiled()>>;

  static Key key_of(const std::string& text, int sm) {
    return {hash64(text, static_cast<uint64_t>(sm)), hash64(text, ~static_cast<uint64_t>(sm))};
  }

  /// The outcome to wait for; and where nobody is at it yet, the work.
  std::pair<std::shared_future<Compiled>, Job> find(const std::string& text, int sm) {
    constexpr size_t kMostKept = 512;
    const Key key = key_of(text, sm);
    if (const auto found = known_.find(key); found != known_.end()) return {found->second, nullptr};
    if (known_.size() >= kMostKept) known_.clear();
    auto job = std::make_shared<std::packaged_task<Compiled()>>(
        [this, text, sm] { return compile_now(nvrtc_, text, sm); });
    const std::shared_future<Compiled> future = job->get_future().share();
    known_[key] = future;
    return {future, std::move(job)};
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      wake_.wait(lock, [this] { return stops_ || !jobs_.empty(); });
      --idle_;
      if (stops_) return;
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      (*job)();
      lock.lock();
    }
  }

  const device::Nvrtc& nvrtc_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Key, std::shared_future<Compiled>> known_;
  std::deque<Job> jobs_;
  std::vector<std::thread> workers_;
  size_t idle_ = 0;
  bool stops_ = false;
};

/// Null where NVRTC is not installed.
Compiler* compiler() {
  // NVRTC is opened first, so that it goes away last.
  static const device::Nvrtc* const nvrtc = device::nvrtc();
  if (nvrtc == nullptr) return nullptr;
  static Compiler one(*nvrtc);
  return &one;
}

}  // namespace

std::string cubin_layout(int sm) { return fmt::format("cubin sm_{}", sm); }

Result<std::shared_ptr<const Bytes>> compile(const std::string& text, int sm, Diagnostics& diag) {
  Compiler* const one = compiler();
  if (one == nullptr) {
    return diag.fail(Code::NotFound,
                     "kernels for GPUs are compiled by NVRTC during builds, and it is not "
                     "installed: install libnvrtc, or name its folder in TENON_CUDA_LIBRARIES");
  }
  Compiled compiled = one->compile(text, sm);
  if (compiled.code == nullptr) return diag.fail(compiled.fault, "{}", compiled.words);
  return Result<std::shared_ptr<const Bytes>>(std::move(compiled.code));
}

void compile_ahead(const std::string& text, int sm) {
  if (Compiler* const one = compiler()) one->compile_ahead(text, sm);
}

}  // namespace tenon::cuda
