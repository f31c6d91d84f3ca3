// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Everything the tool says: messages with time and severity, and a status line on a terminal.
#pragma once

#include <mutex>
#include <string>

#include "NvInfer.h"

namespace tenon::trtexec {

/// Messages down to kINFO go out (kVERBOSE if asked for), warnings and errors on stderr, the rest
/// on stdout. Thread-safe.
class Console final : public nvinfer1::ILogger {
 public:
  Console();

  /// A message of the library.
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override;

  /// A message of the tool; it may have several lines.
  void say(Severity severity, const std::string& text);
  void info(const std::string& text) { say(Severity::kINFO, text); }
  void warn(const std::string& text) { say(Severity::kWARNING, text); }
  void error(const std::string& text) { say(Severity::kERROR, text); }

  /// A line without time and severity, as the banners that scripts look for.
  void plain(const std::string& text);

  /// Shows a line below all messages where stderr is a terminal; empty takes it away.
  void status(const std::string& line);

  void set_verbose(bool verbose) { verbose_ = verbose; }

 private:
  void write(Severity severity, const std::string& text);
  void hide_status();
  void show_status();

  std::mutex mutex_;
  bool verbose_ = false;
  const bool terminal_;
  std::string status_;
};

/// The one console of the process.
Console& console();

}  // namespace tenon::trtexec
