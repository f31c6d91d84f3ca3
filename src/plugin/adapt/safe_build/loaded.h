// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A safe plugin that runs where an engine is built, and where the proxy loads one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/loader.h"
#include "plugin/adapt/safe_build/capabilities.h"
#include "plugin/adapt/safe_build/creators.h"

namespace tenon::plugin {

/// What a loaded safe plugin knows of its step. Names may be empty, or one a tensor.
struct SafeStep {
  ops::PluginId id;
  std::string node;
  size_t workspace = 0;
  int32_t tactic = 0;
  std::vector<std::string> input_names, output_names;
};

/// Takes the engine's object over: initResource, then setTactic. Each instance is a clone, which
/// gets both calls too.
Result<std::unique_ptr<kernel::Loaded>> make_safe_loaded(SafeObject object, SafeStep step,
                                                         Diagnostics& diag);

/// The loader of family "plugin.safe": finds the creator of the record's name, version and
/// namespace in the registry that `registry` gives at load, and has it make the plugin from the
/// record's fields. Registry and creators outlive what is loaded.
kernel::LoadFunction safe_loader(const SafeRegistry* (*registry)());

}  // namespace tenon::plugin
