// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sentences for people, said at the place of failure; the small Status goes on alone.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace tenon {

enum class Severity : uint8_t { InternalError, Error, Warning, Info, Verbose };

/// Where sentences go: a logger, an error recorder, a vector in tests. `code` is Ok below Error.
/// Called on the thread that speaks.
class DiagnosticSink {
 public:
  virtual ~DiagnosticSink() = default;
  virtual void report(Severity severity, Code code, std::string_view text) noexcept = 0;
};

/// Collects what is said; for tests and for reasons kept as data.
class CollectingSink final : public DiagnosticSink {
 public:
  struct Entry {
    Severity severity;
    Code code;
    std::string text;
  };
  void report(Severity severity, Code code, std::string_view text) noexcept override {
    entries.push_back({severity, code, std::string(text)});
  }
  /// All texts of Error severity or worse, one a line.
  [[nodiscard]] std::string errors() const;

  std::vector<Entry> entries;
};

/// The voice of one build, load or run. Not thread-safe: one thread at a time.
class Diagnostics {
 public:
  explicit Diagnostics(DiagnosticSink& sink, Severity most_detailed = Severity::Verbose)
      : sink_(&sink), most_detailed_(most_detailed) {}

  /// Says an error, with the open scopes before it, and returns the Status for the caller.
  template <class... Args>
  Status fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
    say(Severity::Error, code, text, fmt::make_format_args(args...));
    return {code, to_string(code)};
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    say(Severity::Warning, Code::Ok, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    say(Severity::Info, Code::Ok, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void verbose(fmt::format_string<Args...> text, Args&&... args) {
    if (most_detailed_ < Severity::Verbose) return;
    say(Severity::Verbose, Code::Ok, text, fmt::make_format_args(args...));
  }

  /// While it lives, errors and warnings begin with `kind "name": `.
  class Scope {
   public:
    Scope(Diagnostics& owner, std::string_view kind, std::string_view name);
    ~Scope() { owner_.scopes_.pop_back(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Diagnostics& owner_;
  };
  [[nodiscard]] Scope scope(std::string_view kind, std::string_view name) {
    return Scope(*this, kind, name);
  }

  DiagnosticSink& sink() noexcept { return *sink_; }

 private:
  void say(Severity severity, Code code, fmt::string_view text, fmt::format_args args);

  DiagnosticSink* sink_;
  Severity most_detailed_;
  std::vector<std::string> scopes_;
};

}  // namespace tenon
