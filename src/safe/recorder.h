// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Our sentences on their way to the user's recorder.
#pragma once

#include "NvInferSafeRecorder.h"
#include "base/safe_diagnostics.h"

namespace tenon::safe {

/// Reports to a recorder, which outlives it. Errors always; the rest when the recorder wants it.
class RecorderSink final : public DiagnosticSink {
 public:
  explicit RecorderSink(nvinfer2::safe::ISafeRecorder& recorder) noexcept : recorder_(recorder) {}
  void report(Severity severity, Code code, std::string_view text) noexcept override;

 private:
  nvinfer2::safe::ISafeRecorder& recorder_;
};

/// A voice that speaks to a recorder.
class Voice {
 public:
  explicit Voice(nvinfer2::safe::ISafeRecorder& recorder) noexcept
      : sink_(recorder), diag_(sink_) {}
  Voice(const Voice&) = delete;
  Voice& operator=(const Voice&) = delete;
  Diagnostics& diag() noexcept { return diag_; }

 private:
  RecorderSink sink_;
  Diagnostics diag_;
};

}  // namespace tenon::safe
