// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of a quick plugin, recognised by their kind.
#pragma once

#include <memory>

#include "base/diagnostics.h"
#include "base/result.h"
#include "impl/NvInferPythonPlugin.h"
#include "ops/foreign.h"
#include "plugin/registry/hold.h"

namespace tenon::plugin {

/// A quick plugin and its faces. Owns the plugin; move-only. One that is called while running has
/// `runtime`; one whose kernel goes into the engine has `aot`, which is `build` again.
struct QuickObject {
  LibraryHold hold;  ///< of the plugin's code
  std::unique_ptr<nvinfer1::IPluginV3> plugin;
  nvinfer1::IPluginV3QuickCore* core = nullptr;
  nvinfer1::IPluginV3QuickBuild* build = nullptr;
  nvinfer1::IPluginV3QuickAOTBuild* aot = nullptr;
  nvinfer1::IPluginV3QuickRuntime* runtime = nullptr;
};

/// True if the plugin's core is that of a quick plugin.
bool is_quick(nvinfer1::IPluginV3& plugin);

/// Takes the plugin over and asks for its faces; says which one is missing or of a foreign kind.
/// `to_build`: the build face is needed, and the runtime face only without a kernel of its own;
/// else the runtime face alone.
Result<QuickObject> open_quick(std::unique_ptr<nvinfer1::IPluginV3> plugin, bool to_build,
                               Diagnostics& diag);

/// A clone with its faces; says so when clone() gives null.
Result<QuickObject> clone_quick(nvinfer1::IPluginV3& plugin, bool to_build, Diagnostics& diag);

/// Name, version and namespace that the core answers; null counts as "".
ops::PluginId id_of(const nvinfer1::IPluginV3QuickCore& core);

}  // namespace tenon::plugin
