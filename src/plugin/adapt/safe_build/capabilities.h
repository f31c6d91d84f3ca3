// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of a safe plugin, recognised by their kind.
#pragma once

#include <memory>

#include "NvInferRuntime.h"
#include "NvInferSafePlugin.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "ops/foreign.h"
#include "plugin/registry/hold.h"

namespace tenon::plugin {

/// A safe plugin and its capability interfaces. Owns the plugin; move-only. `build` is null for
/// objects made to run only; `symbolic` is `build` again when it knows several static shapes.
struct SafeObject {
  LibraryHold hold;  ///< of the plugin's code
  std::unique_ptr<nvinfer1::IPluginV3> plugin;
  nvinfer2::safe::IPluginV3OneSafeCore* core = nullptr;
  nvinfer2::safe::IPluginV3OneSafeBuild* build = nullptr;
  nvinfer2::safe::IPluginV3OneSafeBuildMSS* symbolic = nullptr;
  nvinfer2::safe::IPluginV3OneSafeRuntime* runtime = nullptr;
};

/// Whether the plugin's core is one of safe plugins.
bool is_safe(nvinfer1::IPluginV3& plugin) noexcept;

/// Takes the plugin over and asks for its faces; says which one is missing or of a foreign kind.
/// `need_build`: the object must have the build face.
Result<SafeObject> open_safe(std::unique_ptr<nvinfer1::IPluginV3> plugin, bool need_build,
                             Diagnostics& diag);

/// A clone with its faces; says so when clone() gives null.
Result<SafeObject> clone_safe(nvinfer1::IPluginV3& plugin, bool need_build, Diagnostics& diag);

/// Name, version and namespace that the core answers; null counts as "".
ops::PluginId id_of(const nvinfer2::safe::IPluginV3OneSafeCore& core);

}  // namespace tenon::plugin
