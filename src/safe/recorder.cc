// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Severities and codes of the interface for ours.
#include "safe/recorder.h"

#include "plugin/convert.h"

namespace tenon::safe {

void RecorderSink::report(Severity severity, Code code, std::string_view text) noexcept {
  using Level = nvinfer2::safe::Severity;
  const char* words = text.data();  // Ends with a zero byte, as all sentences of Diagnostics do.
  const Level wanted = recorder_.getSeverity();
  switch (severity) {
    case Severity::InternalError:
    case Severity::Error:
      recorder_.reportError(plugin::to_error_code(code), words);
      break;
    case Severity::Warning:
      if (wanted >= Level::kWARNING) recorder_.reportWarn(words);
      break;
    case Severity::Info:
      if (wanted >= Level::kINFO) recorder_.reportInfo(words);
      break;
    case Severity::Verbose:
      if (wanted >= Level::kVERBOSE) recorder_.reportVerbose(words);
      break;
  }
}

}  // namespace tenon::safe
