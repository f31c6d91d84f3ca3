// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The end of the machine that is measured: answers one builder.
#pragma once

#include <functional>
#include <string>

#include "device/target.h"
#include "kernel/loader.h"
#include "remote/channel.h"
#include "remote/messages.h"
#include "tune/timer.h"

namespace tenon::remote {

/// What a worker is made of.
struct Worker {
  std::string version;    ///< Tenon's own
  device::Target target;  ///< this machine
  const kernel::LoaderTable* loaders = nullptr;
  tune::Timer* timer = nullptr;  ///< takes the times
  /// Opens a library of this file name; what is wrong, else empty.
  std::function<std::string(const std::string& library)> open_library;
  /// Sees to it that a plugin can be made; what is missing, else empty.
  std::function<std::string(const PluginWish& wish)> provide;
};

/// Serves one builder until it says goodbye or goes; true when it said goodbye. While kernels are
/// timed a thread of its own sends signs of life, one a second. What comes is read as hostile.
bool serve(Channel& channel, const Worker& worker);

}  // namespace tenon::remote
