// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Lines with time and severity, and the list of errors.
#include "tools/trtexec_safe/recorder.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace tenon::trtexec_safe {

using nvinfer2::safe::ErrorCode;
using nvinfer2::safe::Severity;

namespace {

/// One line; lines of several threads do not mix.
void print(Severity severity, const char* text) {
  static std::mutex mutex;
  static constexpr const char* kLetters[] = {"F", "E", "W", "I", "V", "D"};
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char time[32];
  std::strftime(time, sizeof time, "[%m/%d/%Y-%H:%M:%S]", &local);
  const std::lock_guard lock(mutex);
  std::fflush(stdout);
  std::FILE* const stream = severity <= Severity::kWARNING ? stderr : stdout;
  std::fprintf(stream, "%s [%s] %s\n", time, kLetters[static_cast<uint32_t>(severity)], text);
}

}  // namespace

int32_t Recorder::getNbErrors() const noexcept {
  const std::lock_guard lock(mutex_);
  return std::min(count_, kCapacity);
}

ErrorCode Recorder::getErrorCode(int32_t index) const noexcept {
  return index < 0 || index >= getNbErrors() ? ErrorCode::kINVALID_ARGUMENT : entries_[index].code;
}

const char* Recorder::getErrorDesc(int32_t index) const noexcept {
  return index < 0 || index >= getNbErrors() ? "there is no error of this number"
                                             : entries_[index].text;
}

bool Recorder::hasOverflowed() const noexcept {
  const std::lock_guard lock(mutex_);
  return count_ > kCapacity;
}

void Recorder::clear() noexcept {
  const std::lock_guard lock(mutex_);
  count_ = 0;
}

bool Recorder::reportError(ErrorCode code, const char* text) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (count_ < kCapacity) {
      entries_[count_].code = code;
      std::snprintf(entries_[count_].text, sizeof entries_[count_].text, "%s", text);
    }
    ++count_;
  }
  print(Severity::kERROR, text);
  return true;
}

void Recorder::error(const std::string& text) {
  reportError(ErrorCode::kUNSPECIFIED_ERROR, text.c_str());
}

bool Recorder::take(Severity severity, const char* text) const noexcept {
  if (severity > getSeverity()) return false;
  print(severity, text);
  return true;
}

bool Recorder::reportWarn(const char* text) noexcept { return take(Severity::kWARNING, text); }
bool Recorder::reportInfo(const char* text) noexcept { return take(Severity::kINFO, text); }
bool Recorder::reportVerbose(const char* text) noexcept { return take(Severity::kVERBOSE, text); }
bool Recorder::reportDebug(const char* text) noexcept { return take(Severity::kDEBUG, text); }

}  // namespace tenon::trtexec_safe
