// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Everything the tool and the safe runtime say.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "NvInferSafeRecorder.h"

namespace tenon::trtexec_safe {

/// Prints "[11/22/2026-08:07:23] [I] text"; warnings and errors go to stderr, the rest to stdout.
/// Keeps the first errors, and counts the others. Thread-safe but for setSeverity.
class Recorder final : public nvinfer2::safe::ISafeRecorder {
 public:
  explicit Recorder(nvinfer2::safe::Severity severity, int32_t id = 0)
      : ISafeRecorder(severity, id) {}

  int32_t getNbErrors() const noexcept override;
  nvinfer2::safe::ErrorCode getErrorCode(int32_t index) const noexcept override;
  const char* getErrorDesc(int32_t index) const noexcept override;
  bool hasOverflowed() const noexcept override;
  void clear() noexcept override;
  bool reportError(nvinfer2::safe::ErrorCode code, const char* text) noexcept override;
  int32_t incRefCount() noexcept override { return ++references_; }
  int32_t decRefCount() noexcept override { return --references_; }
  bool reportWarn(const char* text) noexcept override;
  bool reportInfo(const char* text) noexcept override;
  bool reportVerbose(const char* text) noexcept override;
  bool reportDebug(const char* text) noexcept override;

  void info(const std::string& text) { reportInfo(text.c_str()); }
  void warn(const std::string& text) { reportWarn(text.c_str()); }

  /// An error of the tool itself.
  void error(const std::string& text);

 private:
  static constexpr int32_t kCapacity = 10;
  struct Entry {
    nvinfer2::safe::ErrorCode code;
    char text[kMAX_SAFE_DESC_LENGTH + 1];
  };
  bool take(nvinfer2::safe::Severity severity, const char* text) const noexcept;

  mutable std::mutex mutex_;
  Entry entries_[kCapacity] = {};
  int32_t count_ = 0;  ///< of all errors, also of those that found no room
  std::atomic<int32_t> references_{0};
};

}  // namespace tenon::trtexec_safe
