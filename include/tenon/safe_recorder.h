// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A recorder for programs that run safe graphs: fixed memory, no lock, no call of the system.
#pragma once

#include <atomic>
#include <cstdint>

#include "NvInferSafeRecorder.h"

namespace tenon {

/// Keeps the first `kErrors` errors, each with at most `kBytes` − 1 bytes of its sentence, and
/// counts those that found no room. Other messages are counted, not kept. A longer sentence is cut,
/// between characters of UTF-8, and ended. All methods may be called from any threads at any time;
/// a text that getErrorDesc gave is valid until clear.
template <int32_t kErrors = 16, int32_t kBytes = 512>
class FixedRecorder final : public nvinfer2::safe::ISafeRecorder {
  static_assert(kErrors > 0 && kBytes > 1, "there is room for one error of one character");

 public:
  using ErrorDesc = nvinfer2::safe::ErrorDesc;
  using RefCount = nvinfer2::safe::RefCount;
  using ErrorCode = nvinfer1::ErrorCode;

  explicit FixedRecorder(nvinfer2::safe::Severity severity_ = nvinfer2::safe::Severity::kERROR,
                         int32_t id_ = -1) noexcept
      : ISafeRecorder(severity_, id_) {}

  int32_t getNbErrors() const noexcept override {
    int32_t count = 0;
    for (auto const& slot : mSlots) {
      count += slot.state.load(std::memory_order_acquire) == kKept ? 1 : 0;
    }
    return count;
  }
  /// kINVALID_ARGUMENT where there is no such error.
  ErrorCode getErrorCode(int32_t errorIdx) const noexcept override {
    auto const* const slot = find(errorIdx);
    return slot != nullptr ? slot->code : ErrorCode::kINVALID_ARGUMENT;
  }
  /// "" where there is no such error.
  ErrorDesc getErrorDesc(int32_t errorIdx) const noexcept override {
    auto const* const slot = find(errorIdx);
    return slot != nullptr ? slot->text : "";
  }
  bool hasOverflowed() const noexcept override { return getNbLost() > 0; }
  /// Errors that found no room since the last clear.
  int64_t getNbLost() const noexcept { return mLost.load(std::memory_order_relaxed); }
  /// Messages that are no errors, of the severities that are wanted.
  int64_t getNbOthers() const noexcept { return mOthers.load(std::memory_order_relaxed); }

  /// An error that is being reported meanwhile is kept.
  void clear() noexcept override {
    for (auto& slot : mSlots) {
      uint8_t kept = kKept;
      slot.state.compare_exchange_strong(kept, kFree, std::memory_order_acq_rel);
    }
    mLost.store(0, std::memory_order_relaxed);
    mOthers.store(0, std::memory_order_relaxed);
  }

  /// True when the error is kept.
  bool reportError(ErrorCode val, ErrorDesc desc) noexcept override {
    for (auto& slot : mSlots) {
      uint8_t free = kFree;
      if (!slot.state.compare_exchange_strong(free, kWritten, std::memory_order_acq_rel)) continue;
      slot.code = val;
      copy(desc != nullptr ? desc : "", slot.text);
      slot.state.store(kKept, std::memory_order_release);
      return true;
    }
    mLost.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  bool reportWarn(ErrorDesc /*desc*/) noexcept override {
    return count(nvinfer2::safe::Severity::kWARNING);
  }
  bool reportInfo(ErrorDesc /*desc*/) noexcept override {
    return count(nvinfer2::safe::Severity::kINFO);
  }
  bool reportVerbose(ErrorDesc /*desc*/) noexcept override {
    return count(nvinfer2::safe::Severity::kVERBOSE);
  }
  bool reportDebug(ErrorDesc /*desc*/) noexcept override {
    return count(nvinfer2::safe::Severity::kDEBUG);
  }

  RefCount incRefCount() noexcept override { return ++mReferences; }
  RefCount decRefCount() noexcept override { return --mReferences; }

 private:
  enum : uint8_t { kFree, kWritten, kKept };
  struct Slot {
    std::atomic<uint8_t> state{kFree};
    ErrorCode code{ErrorCode::kSUCCESS};
    char text[kBytes]{};
  };

  Slot const* find(int32_t errorIdx) const noexcept {
    for (auto const& slot : mSlots) {
      if (slot.state.load(std::memory_order_acquire) == kKept && errorIdx-- == 0) return &slot;
    }
    return nullptr;
  }
  static void copy(char const* from, char* to) noexcept {
    int32_t length = 0;
    while (from[length] != '\0' && length < kBytes - 1) {
      to[length] = from[length];
      ++length;
    }
    // A byte of the form 10xxxxxx goes on with a character.
    while (length > 0 && (static_cast<uint8_t>(from[length]) & 0xC0U) == 0x80U) --length;
    to[length] = '\0';
  }
  bool count(nvinfer2::safe::Severity severity_) noexcept {
    if (severity_ <= mSeverity) mOthers.fetch_add(1, std::memory_order_relaxed);
    return false;
  }

  Slot mSlots[kErrors];
  std::atomic<int64_t> mLost{0}, mOthers{0};
  std::atomic<RefCount> mReferences{0};
};

}  // namespace tenon
