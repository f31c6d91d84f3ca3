// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where messages of the safe interface go in this sample: to the terminal, and errors into a list.
#pragma once

#include <atomic>
#include <mutex>

#include "NvInferSafeRecorder.h"

namespace sample {

/// Prints "[11/22/2026-08:07:23] [I] text"; warnings and errors to stderr, the rest to stdout.
/// Thread-safe.
void say(nvinfer2::safe::Severity severity, char const* text) noexcept;

/// Keeps the first kCapacity errors, and counts the rest. Allocates nothing.
class Recorder final : public nvinfer2::safe::ISafeRecorder {
 public:
  explicit Recorder(nvinfer2::safe::Severity severity = nvinfer2::safe::Severity::kINFO)
      : ISafeRecorder(severity) {}

  int32_t getNbErrors() const noexcept override;
  nvinfer2::safe::ErrorCode getErrorCode(int32_t index) const noexcept override;
  char const* getErrorDesc(int32_t index) const noexcept override;
  bool hasOverflowed() const noexcept override;
  void clear() noexcept override;
  bool reportError(nvinfer2::safe::ErrorCode code, char const* text) noexcept override;
  int32_t incRefCount() noexcept override { return ++references_; }
  int32_t decRefCount() noexcept override { return --references_; }

  bool reportWarn(char const* text) noexcept override;
  bool reportInfo(char const* text) noexcept override;
  bool reportVerbose(char const* text) noexcept override;
  bool reportDebug(char const* text) noexcept override;

 private:
  static constexpr int32_t kCapacity = 8;
  struct Entry {
    nvinfer2::safe::ErrorCode code;
    char text[kMAX_SAFE_DESC_LENGTH + 1];
  };
  bool take(nvinfer2::safe::Severity severity, char const* text) const noexcept;

  mutable std::mutex mutex_;
  Entry entries_[kCapacity] = {};
  int32_t count_ = 0;  ///< of all errors, those that found no room included
  std::atomic<int32_t> references_{0};
};

}  // namespace sample
