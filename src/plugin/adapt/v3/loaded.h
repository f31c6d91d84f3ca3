// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A V3 plugin that runs: the engine's object, the contexts' objects, and loading from a record.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/loader.h"
#include "plugin/adapt/v3/capabilities.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// Takes the engine's object over and sets its tactic. `inputs`: how many tensors enqueue sees.
/// `node`: for messages.
Result<std::unique_ptr<kernel::Loaded>> make_v3_loaded(V3Object object, ops::PluginId id,
                                                       std::string node, size_t inputs,
                                                       size_t workspace, int32_t tactic,
                                                       Diagnostics& diag);

/// The loader of family "plugin.v3": finds the creator of the record's name, version and namespace
/// in `registry`, and has it make the plugin from the fields of the record. The registry, and the
/// libraries behind it, outlive what is loaded.
kernel::LoadFunction v3_loader(const PluginRegistry& registry);

}  // namespace tenon::plugin
