// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams, times and the status line.
#include "tools/trtexec/console.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace tenon::trtexec {

namespace {

/// "[11/22/2026-08:07:23] [W] ".
std::string prefix(nvinfer1::ILogger::Severity severity) {
  static constexpr const char* kLetters[] = {"F", "E", "W", "I", "V"};
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char time[32];
  std::strftime(time, sizeof time, "[%m/%d/%Y-%H:%M:%S] ", &local);
  return std::string(time) + "[" + kLetters[static_cast<int>(severity)] + "] ";
}

}  // namespace

Console::Console() : terminal_(isatty(STDERR_FILENO) == 1) {
  // Messages on stdout and stderr keep their order where both go into one file.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
}

void Console::log(Severity severity, nvinfer1::AsciiChar const* text) noexcept {
  write(severity, std::string("[TRT] ") + text);
}

void Console::say(Severity severity, const std::string& text) { write(severity, text); }

void Console::write(Severity severity, const std::string& text) {
  if (severity == Severity::kVERBOSE && !verbose_) return;
  const std::lock_guard lock(mutex_);
  hide_status();
  std::FILE* stream = severity <= Severity::kWARNING ? stderr : stdout;
  std::fprintf(stream, "%s%s\n", prefix(severity).c_str(), text.c_str());
  show_status();
}

void Console::plain(const std::string& text) {
  const std::lock_guard lock(mutex_);
  hide_status();
  std::printf("%s\n", text.c_str());
  show_status();
}

void Console::status(const std::string& line) {
  if (!terminal_) return;
  const std::lock_guard lock(mutex_);
  hide_status();
  status_ = line;
  show_status();
}

void Console::hide_status() {
  if (!status_.empty()) std::fputs("\r\033[K", stderr);
}

void Console::show_status() {
  if (!status_.empty()) std::fputs(status_.c_str(), stderr);
}

Console& console() {
  static Console instance;
  return instance;
}

}  // namespace tenon::trtexec
