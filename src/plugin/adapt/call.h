// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which plugin's code runs now: so that an exception out of it is told from our own.
#pragma once

#include <string_view>

#include "base/status.h"
#include "ops/foreign.h"

namespace tenon::plugin {

/// Lives around a call of a plugin's method. The methods are noexcept, so what one throws ends the
/// process before anybody can catch it; while a Call lives on the thread, std::terminate first
/// writes plugin, method and exception to stderr and to the logger of the process, then goes on as
/// it would have. Costs a thread-local store; calls may nest.
class Call {
 public:
  /// All outlive the object. `node`: whose plugin it is, where that is known.
  Call(const ops::PluginId& id, const char* method, std::string_view node = {}) noexcept;
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] const ops::PluginId& id() const noexcept { return id_; }
  [[nodiscard]] const char* method() const noexcept { return method_; }
  [[nodiscard]] std::string_view node() const noexcept { return node_; }

 private:
  const ops::PluginId& id_;
  const char* method_;
  std::string_view node_;
  const Call* outer_;
};

/// The words for a call that returned an error code; takes no memory from the heap.
class Outcome {
 public:
  /// Ok for 0; else keeps the words and gives Code::Plugin.
  Status of(const ops::PluginId& id, const char* method, int32_t code) noexcept;
  /// For a plugin that wants more scratch than it said in the build.
  Status too_much(const ops::PluginId& id, size_t wanted, size_t reserved) noexcept;
  /// Of the last failure; empty before the first.
  [[nodiscard]] std::string_view words() const noexcept { return {text_, size_}; }

 private:
  char text_[256] = {};
  size_t size_ = 0;
};

}  // namespace tenon::plugin
