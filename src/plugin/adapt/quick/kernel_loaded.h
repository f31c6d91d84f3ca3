// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A kernel inside an engine that runs: no plugin, no creator, no Python.
#pragma once

#include <memory>

#include "kernel/loader.h"
#include "plugin/adapt/quick/host_code.h"
#include "plugin/adapt/quick/launch.h"

namespace tenon::plugin {

/// Whether code inside an engine may run in this process, and where it may be put to be opened.
struct HostCode {
  bool allowed = false;
  TemporaryFiles files;
};

/// Opens the code and finds the entry. `kernel`: in words, for messages.
Result<std::unique_ptr<kernel::Loaded>> make_kernel_loaded(
    std::span<const std::byte> code, const std::string& entry, LaunchProgram launch,
    const std::string& kernel, const TemporaryFiles& files, Diagnostics& diag);

/// The loader of family "plugin.aot". Refuses code that the caller did not allow.
kernel::LoadFunction kernel_loader(HostCode host);

/// "kernel 'add' of plugin Add"
std::string kernel_in_words(std::string_view entry, std::string_view plugin);

}  // namespace tenon::plugin
