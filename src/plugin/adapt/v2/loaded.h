// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A version 2 plugin that runs: the engine's object, the contexts' clones, loading from a record.
#pragma once

#include <memory>

#include "kernel/loader.h"
#include "plugin/adapt/v2/object.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// Takes the engine's object over and initialises it; it is terminated when the result goes.
/// `workspace`: bytes at the greatest shapes. `node`: for messages.
Result<std::unique_ptr<kernel::Loaded>> make_v2_loaded(V2Object object, const ops::PluginId& id,
                                                       std::string node, size_t workspace,
                                                       Diagnostics& diag);

/// The loader of family "plugin.v2": finds the creator of the record's name, version and namespace
/// in `registry`, and has it make the plugin from the bytes of the record. The registry, and the
/// libraries behind it, outlive what is loaded.
kernel::LoadFunction v2_loader(const PluginRegistry& registry);

}  // namespace tenon::plugin
