// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Host memory and the logger of the process, as the safe interface has them.
#include "plugin/adapt/safe_build/resource_context.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>

#include "base/aligned_buffer.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

namespace {

using namespace nvinfer2::safe;  // NOLINT(google-build-using-namespace): all foreign words
using LogSeverity = nvinfer1::ILogger::Severity;

class ProcessRecorder final : public ISafeRecorder {
 public:
  ProcessRecorder() : ISafeRecorder(nvinfer2::safe::Severity::kVERBOSE) {}
  bool reportWarn(ErrorDesc desc) noexcept override { return say(LogSeverity::kWARNING, desc); }
  bool reportInfo(ErrorDesc desc) noexcept override { return say(LogSeverity::kINFO, desc); }
  bool reportVerbose(ErrorDesc desc) noexcept override { return say(LogSeverity::kVERBOSE, desc); }
  bool reportDebug(ErrorDesc desc) noexcept override { return say(LogSeverity::kVERBOSE, desc); }

  // Errors go to the logger, and none is kept here.
  bool reportError(ErrorCode, ErrorDesc desc) noexcept override {
    say(LogSeverity::kERROR, desc);
    return false;
  }
  int32_t getNbErrors() const noexcept override { return 0; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kSUCCESS; }
  ErrorDesc getErrorDesc(int32_t) const noexcept override { return ""; }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override {}
  RefCount incRefCount() noexcept override { return 1; }
  RefCount decRefCount() noexcept override { return 1; }

 private:
  static bool say(LogSeverity severity, ErrorDesc desc) noexcept {
    nvinfer1::ILogger* logger = process_logger();
    if (logger == nullptr || desc == nullptr) return false;
    logger->log(severity, desc);
    return true;
  }
};

/// Host memory; knows its blocks, since freeing one twice must be refused.
class HostSafeAllocator final : public ISafeMemAllocator {
 public:
  void* allocate(uint64_t const size, uint64_t const alignment, MemoryPlacement const,
                 MemoryUsage const, ISafeRecorder&) noexcept override {
    if (size == 0 || size > kMAXIMUM_ALLOC_SIZE || (alignment & (alignment - 1)) != 0) {
      return nullptr;
    }
    const size_t step = std::max<size_t>(alignment, kAlignment);
    void* memory = std::aligned_alloc(step, align_up(size, step));
    const std::lock_guard lock(mutex_);
    if (memory != nullptr) blocks_.insert(memory);
    return memory;
  }
  bool deallocate(void* const memory, MemoryPlacement const,
                  ISafeRecorder& recorder) noexcept override {
    if (memory == nullptr) return true;
    {
      const std::lock_guard lock(mutex_);
      if (blocks_.erase(memory) == 0) {
        recorder.reportError(ErrorCode::kINVALID_ARGUMENT,
                             "deallocate was given a block that is free or not its own");
        return false;
      }
    }
    std::free(memory);
    return true;
  }

 private:
  std::mutex mutex_;
  std::set<void*> blocks_;
};

class HostSafeContext final : public ISafePluginResourceContext {
 public:
  ISafeMemAllocator* getSafeMemAllocator() const noexcept override { return &allocator_; }
  ISafeRecorder* getSafeRecorder() const noexcept override { return &process_recorder(); }
  RuntimeErrorInformation* getRuntimeErrorInformation() const noexcept override { return &errors_; }

 private:
  mutable HostSafeAllocator allocator_;
  mutable RuntimeErrorInformation errors_;
};

}  // namespace

ISafeRecorder& process_recorder() {
  static auto* recorder = new ProcessRecorder;
  return *recorder;
}

ISafePluginResourceContext& default_safe_context() {
  static auto* context = new HostSafeContext;
  return *context;
}

}  // namespace tenon::plugin
