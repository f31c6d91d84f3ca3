// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The recorder that keeps nothing.
#include "safe/silent_recorder.h"

#include <atomic>
#include <cstddef>
#include <new>

#include "safe/system.h"

namespace tenon::safe {

namespace {

using nvinfer1::ErrorCode;
using nvinfer2::safe::ISafeRecorder;

class SilentRecorder final : public ISafeRecorder {
 public:
  static void operator delete(void* /*memory*/) noexcept {}  // Never deleted.

  int32_t getNbErrors() const noexcept override { return 0; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return ErrorCode::kINVALID_ARGUMENT; }
  ErrorDesc getErrorDesc(int32_t) const noexcept override { return "no such error"; }
  bool hasOverflowed() const noexcept override { return overflowed_; }
  void clear() noexcept override { overflowed_ = false; }
  bool reportError(ErrorCode, ErrorDesc) noexcept override {
    overflowed_ = true;
    return true;
  }
  RefCount incRefCount() noexcept override { return ++references_; }
  RefCount decRefCount() noexcept override { return --references_; }

 private:
  std::atomic<bool> overflowed_{false};
  std::atomic<RefCount> references_{0};
};

alignas(SilentRecorder) std::byte recorder_memory[sizeof(SilentRecorder)];
SilentRecorder* the_recorder = nullptr;
Mutex making_recorder;

}  // namespace

ISafeRecorder& silent_recorder() noexcept {
  const Lock lock(making_recorder);
  if (the_recorder == nullptr) the_recorder = new (recorder_memory) SilentRecorder;
  return *the_recorder;
}

}  // namespace tenon::safe
