// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of errors, and lines with time and severity.
#include "recorder.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace sample {

using nvinfer2::safe::ErrorCode;
using nvinfer2::safe::Severity;

void say(Severity severity, char const* text) noexcept {
  static std::mutex mutex;
  static constexpr char const* kLetters[] = {"F", "E", "W", "I", "V", "D"};
  std::time_t const now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char time[32];
  std::strftime(time, sizeof time, "[%m/%d/%Y-%H:%M:%S]", &local);
  std::lock_guard<std::mutex> const lock(mutex);
  std::fflush(stdout);
  std::FILE* const stream = severity <= Severity::kWARNING ? stderr : stdout;
  std::fprintf(stream, "%s [%s] %s\n", time, kLetters[static_cast<uint32_t>(severity)], text);
}

int32_t Recorder::getNbErrors() const noexcept {
  std::lock_guard<std::mutex> const lock(mutex_);
  return std::min(count_, kCapacity);
}

ErrorCode Recorder::getErrorCode(int32_t index) const noexcept {
  return index < 0 || index >= getNbErrors() ? ErrorCode::kINVALID_ARGUMENT : entries_[index].code;
}

char const* Recorder::getErrorDesc(int32_t index) const noexcept {
  return index < 0 || index >= getNbErrors() ? "there is no error of this number"
                                             : entries_[index].text;
}

bool Recorder::hasOverflowed() const noexcept {
  std::lock_guard<std::mutex> const lock(mutex_);
  return count_ > kCapacity;
}

void Recorder::clear() noexcept {
  std::lock_guard<std::mutex> const lock(mutex_);
  count_ = 0;
}

bool Recorder::reportError(ErrorCode code, char const* text) noexcept {
  {
    std::lock_guard<std::mutex> const lock(mutex_);
    if (count_ < kCapacity) {
      Entry& entry = entries_[count_];
      entry.code = code;
      std::snprintf(entry.text, sizeof entry.text, "%s", text);
    }
    ++count_;
  }
  say(Severity::kERROR, text);
  return true;
}

bool Recorder::take(Severity severity, char const* text) const noexcept {
  if (severity > getSeverity()) return false;
  say(severity, text);
  return true;
}

bool Recorder::reportWarn(char const* text) noexcept { return take(Severity::kWARNING, text); }
bool Recorder::reportInfo(char const* text) noexcept { return take(Severity::kINFO, text); }
bool Recorder::reportVerbose(char const* text) noexcept { return take(Severity::kVERBOSE, text); }
bool Recorder::reportDebug(char const* text) noexcept { return take(Severity::kDEBUG, text); }

}  // namespace sample
