// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The last words of a process whose plugin threw.
#include "plugin/adapt/call.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "plugin/registry/registry.h"

namespace tenon::plugin {

namespace {

// Initial-exec: read in a signal handler, where making room for it could wait on the heap.
[[gnu::tls_model("initial-exec")]] thread_local const Call* current = nullptr;
std::terminate_handler previous = nullptr;

/// What was thrown, as far as it tells.
void describe_exception(char* text, size_t size) noexcept {
  const auto write = [&](const char* words) {
    *fmt::format_to_n(text, size - 1, "threw{}", words).out = '\0';
  };
  const std::exception_ptr thrown = std::current_exception();
  if (thrown == nullptr) return write(" or called std::terminate");
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    char words[256];
    *fmt::format_to_n(words, sizeof words - 1, ": {}", error.what()).out = '\0';
    write(words);
  } catch (...) {
    write(" something that is no std::exception");
  }
}

[[noreturn]] void last_words() {
  if (const Call* call = current) {
    current = nullptr;
    char thrown[300], text[900];
    describe_exception(thrown, sizeof thrown);
    *fmt::format_to_n(
         text, sizeof text - 1,
         "{}{}{}plugin {} version {}: {} {}. Plugin methods are noexcept: catch inside "
         "and return an error code or null; the process ends now.",
         call->node().empty() ? "" : "node \"", call->node(),
         call->node().empty() ? "" : "\": ", call->id().name, call->id().version, call->method(),
         thrown)
         .out = '\0';
    (void)std::fprintf(stderr, "%s\n", text);
    if (nvinfer1::ILogger* logger = process_logger()) {
      logger->log(nvinfer1::ILogger::Severity::kINTERNAL_ERROR, text);
    }
  }
  if (previous != nullptr) previous();
  std::abort();
}

/// A plugin that brings its own C++ runtime ends in that one's std::terminate, of which only this
/// signal is heard; so is a failed assertion. Does nothing that a signal handler may not do.
void on_abort(int) {
  if (const Call* call = current) {
    const bool named = !call->node().empty();
    for (const std::string_view part :
         {std::string_view(named ? "node \"" : ""), call->node(),
          std::string_view(named ? "\": " : ""), std::string_view("plugin "),
          std::string_view(call->id().name), std::string_view(" version "),
          std::string_view(call->id().version), std::string_view(": "),
          std::string_view(call->method()),
          std::string_view(" called abort: an assertion failed, or an exception left it that its "
                           "own C++ runtime could not tell us of; the process ends now.\n")}) {
      (void)!::write(STDERR_FILENO, part.data(), part.size());
    }
  }
  (void)std::signal(SIGABRT, SIG_DFL);  // abort() raises it once more.
}

/// A handler that the program has set is left alone.
void listen_for_abort() noexcept {
  struct sigaction before {};
  if (sigaction(SIGABRT, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
  (void)std::signal(SIGABRT, on_abort);
}

/// The handler stays: plugins may throw at any time, and others' handlers are called after it.
void install() noexcept {
  static const bool once = [] {
    previous = std::set_terminate(last_words);
    listen_for_abort();
    return true;
  }();
  (void)once;
}

}  // namespace

Call::Call(const ops::PluginId& id, const char* method, std::string_view node) noexcept
    : id_(id), method_(method), node_(node), outer_(current) {
  install();
  current = this;
}

Call::~Call() { current = outer_; }

Status Outcome::of(const ops::PluginId& id, const char* method, int32_t code) noexcept {
  if (code == 0) return {};
  const auto end = fmt::format_to_n(text_, sizeof text_ - 1, "plugin {} version {}: {} returned {}",
                                    id.name, id.version, method, code);
  size_ = std::min(end.size, sizeof text_ - 1);
  return {Code::Plugin, "a plugin call failed"};
}

Status Outcome::too_much(const ops::PluginId& id, size_t wanted, size_t reserved) noexcept {
  const auto end = fmt::format_to_n(
      text_, sizeof text_ - 1,
      "plugin {} version {}: getWorkspaceSize wants {} bytes for these shapes, but in the build it "
      "wanted no more than {}",
      id.name, id.version, wanted, reserved);
  size_ = std::min(end.size, sizeof text_ - 1);
  return {Code::Plugin, "a plugin wants too much workspace"};
}

}  // namespace tenon::plugin
