// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A quick plugin that is called while running: the engine's object, the contexts' objects, loading.
#pragma once

#include <memory>
#include <string>

#include "kernel/loader.h"
#include "plugin/adapt/quick/capabilities.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// Takes the engine's object over. `node`: for messages.
std::unique_ptr<kernel::Loaded> make_quick_loaded(QuickObject object, ops::PluginId id,
                                                  std::string node, int32_t tactic);

/// The loader of family "plugin.quick": has the creator of the record's name, version and namespace
/// in `registry` make the plugin from the fields of the record, for being called. The registry, and
/// the libraries behind it, outlive what is loaded.
kernel::LoadFunction quick_loader(const PluginRegistry& registry);

}  // namespace tenon::plugin
