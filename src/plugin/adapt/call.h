// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which plugin's code runs now: so that an exception out of it is told from our own.
#pragma once

#include "ops/foreign.h"

namespace tenon::plugin {

/// Lives around a call of a plugin's method. The methods are noexcept, so what one throws ends the
/// process before anybody can catch it; while a Call lives on the thread, std::terminate first
/// writes plugin, method and exception to stderr and to the logger of the process, then goes on as
/// it would have. Costs a thread-local store; calls may nest.
class Call {
 public:
  /// Both outlive the object.
  Call(const ops::PluginId& id, const char* method) noexcept;
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] const ops::PluginId& id() const noexcept { return id_; }
  [[nodiscard]] const char* method() const noexcept { return method_; }

 private:
  const ops::PluginId& id_;
  const char* method_;
  const Call* outer_;
};

}  // namespace tenon::plugin
