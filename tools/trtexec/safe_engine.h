// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Safe engines in this tool: their plugins, their check, their loading.
#pragma once

#include <cstddef>

#include "tools/trtexec/options.h"

namespace tenon::trtexec {

/// Registers the plugins of --safetyPlugins. Throws Failure.
void register_safety_plugins(const Options& options);

/// Checks a safe engine where --consistency asks for it. Throws Failure when it is not consistent.
void check_consistency(const void* engine, size_t size, const Options& options);

/// Makes the safe registry speak to this tool again, after a builder or parser used it.
void take_registry_back();

}  // namespace tenon::trtexec
