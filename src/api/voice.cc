// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Passing sentences on.
#include "api/voice.h"

#include <string>

#include "plugin/convert.h"

namespace tenon::api {

Voice::Voice(const Voice& other) : logger_(other.logger_) { set_recorder(other.recorder_); }

Voice::~Voice() { set_recorder(nullptr); }

void Voice::set_recorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  if (recorder != nullptr) recorder->incRefCount();
  if (recorder_ != nullptr) recorder_->decRefCount();
  recorder_ = recorder;
}

void Voice::report(Severity severity, Code code, std::string_view text) noexcept {
  try {
    const std::string sentence(text);
    if (logger_ != nullptr) {
      logger_->log(static_cast<nvinfer1::ILogger::Severity>(severity), sentence.c_str());
    }
    if (recorder_ != nullptr && severity <= Severity::Error) {
      recorder_->reportError(plugin::to_error_code(code), sentence.c_str());
    }
  } catch (...) {
    // Nothing is left to say it with.
  }
}

void Voice::absent(const char* member) noexcept {
  try {
    refuse(Code::Unsupported,
           std::string(member) + " is not there yet: docs/coverage.md lists what is");
  } catch (...) {
    refuse(Code::Unsupported, "this member is not there yet: docs/coverage.md lists what is");
  }
}

}  // namespace tenon::api
