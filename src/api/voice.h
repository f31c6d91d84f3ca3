// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How objects of the interface speak: every sentence to the logger, every failure to the recorder
// too.
#pragma once

#include <exception>
#include <new>

#include "NvInferRuntime.h"
#include "base/diagnostics.h"

namespace tenon::api {

/// The voice of one object of the interface. The logger outlives it, as the interface demands.
/// Speaking is as thread-safe as logger and recorder are; set_recorder is not.
class Voice final : public DiagnosticSink {
 public:
  explicit Voice(nvinfer1::ILogger* logger) : logger_(logger) {}
  /// A voice for an object made by another: same logger, same recorder.
  Voice(const Voice& other);
  Voice& operator=(const Voice&) = delete;
  ~Voice() override;

  [[nodiscard]] nvinfer1::ILogger* logger() const noexcept { return logger_; }
  [[nodiscard]] nvinfer1::IErrorRecorder* recorder() const noexcept { return recorder_; }
  /// Counts the reference as the interface says. Null for none.
  void set_recorder(nvinfer1::IErrorRecorder* recorder) noexcept;

  void report(Severity severity, Code code, std::string_view text) noexcept override;
  [[nodiscard]] Diagnostics diagnostics() { return Diagnostics(*this); }

  /// Refuses a member of the interface that is not there yet: scripts/coverage.py finds these
  /// calls. `member` is "Class::member".
  void absent(const char* member) noexcept;
  /// Refuses with a sentence.
  void refuse(Code code, std::string_view sentence) noexcept {
    report(Severity::Error, code, sentence);
  }

 private:
  nvinfer1::ILogger* logger_;
  nvinfer1::IErrorRecorder* recorder_ = nullptr;
};

/// The wall: runs `body`, turns what it throws into a reported failure and `fallback`.
template <class Value, class Body>
Value guarded(Voice& voice, Value fallback, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    voice.refuse(Code::OutOfMemory, "memory ran out");
  } catch (const std::exception& error) {
    voice.refuse(Code::Internal, error.what());
  } catch (...) {
    voice.refuse(Code::Internal, "something was thrown that is no std::exception");
  }
  return fallback;
}

}  // namespace tenon::api
