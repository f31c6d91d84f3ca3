// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The faces of a V3 plugin, recognised by their kind.
#pragma once

#include <memory>
#include <string>

#include "NvInferRuntime.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "ops/foreign.h"
#include "plugin/registry/hold.h"

namespace tenon::plugin {

/// A V3One plugin and its capability interfaces. Owns the plugin; move-only. `build` is null for
/// objects made to run only; `aliasing` is `build` again when it is of version 2.
struct V3Object {
  LibraryHold hold;  ///< of the plugin's code
  std::unique_ptr<nvinfer1::IPluginV3> plugin;
  nvinfer1::IPluginV3OneCore* core = nullptr;
  nvinfer1::IPluginV3OneBuild* build = nullptr;
  nvinfer1::IPluginV3OneBuildV2* aliasing = nullptr;
  nvinfer1::IPluginV3OneRuntime* runtime = nullptr;
};

/// Takes the plugin over and asks for its faces; says which one is missing or of a foreign kind.
/// `need_build`: the object must have the build face.
Result<V3Object> open_v3(std::unique_ptr<nvinfer1::IPluginV3> plugin, bool need_build,
                         Diagnostics& diag);

/// A clone with its faces; says so when clone() gives null.
Result<V3Object> clone_v3(nvinfer1::IPluginV3& plugin, bool need_build, Diagnostics& diag);

/// Name, version and namespace that the core answers; null counts as "".
ops::PluginId id_of(const nvinfer1::IPluginV3OneCore& core);

}  // namespace tenon::plugin
