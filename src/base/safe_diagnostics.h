// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Diagnostics of the safe library: the same calls as base/diagnostics.h, without memory.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include "base/fixed_text.h"
#include "base/status.h"

namespace tenon {

enum class Severity : uint8_t { InternalError, Error, Warning, Info, Verbose };

/// Where sentences go. `code` is Ok below Error; `text` ends with a zero byte.
class DiagnosticSink {
 public:
  virtual void report(Severity severity, Code code, std::string_view text) noexcept = 0;

 protected:
  ~DiagnosticSink() = default;
};

void sentence_and_values_differ_in_number();

/// A literal with one `{}` a value, checked while it is compiled.
template <class... Args>
class Pattern {
 public:
  template <size_t N>
  consteval Pattern(const char (&text)[N]) : text_(text, N - 1) {  // NOLINT
    size_t holes = 0;
    for (size_t i = 0; i + 1 < N; ++i) holes += text[i] == '{' && text[i + 1] == '}' ? 1 : 0;
    if (holes != sizeof...(Args)) sentence_and_values_differ_in_number();
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// The voice of one load or run. Not thread-safe.
class Diagnostics {
 public:
  /// Longest sentence, without its zero byte.
  static constexpr size_t kLongest = 4095;

  explicit Diagnostics(DiagnosticSink& sink) noexcept : sink_(&sink) {}

  template <class... Args>
  Status fail(Code code, Pattern<std::type_identity_t<Args>...> pattern,
              const Args&... args) noexcept {
    say(Severity::Error, code, pattern.text(), {TextArg(args)...});
    return {code, to_string(code)};
  }
  template <class... Args>
  void warn(Pattern<std::type_identity_t<Args>...> pattern, const Args&... args) noexcept {
    say(Severity::Warning, Code::Ok, pattern.text(), {TextArg(args)...});
  }
  template <class... Args>
  void info(Pattern<std::type_identity_t<Args>...> pattern, const Args&... args) noexcept {
    say(Severity::Info, Code::Ok, pattern.text(), {TextArg(args)...});
  }
  template <class... Args>
  void verbose(Pattern<std::type_identity_t<Args>...> pattern, const Args&... args) noexcept {
    say(Severity::Verbose, Code::Ok, pattern.text(), {TextArg(args)...});
  }

 private:
  void say(Severity severity, Code code, std::string_view pattern,
           std::initializer_list<TextArg> args) noexcept {
    FixedText<kLongest + 1> sentence(pattern, args);
    sink_->report(severity, code, sentence.view());
  }

  DiagnosticSink* sink_;
};

}  // namespace tenon
