// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// `--safetyPlugins=LIB[NS::NAME,…]` of trtexec and trtexec_safe: read, opened, registered.
#pragma once

#include <string>
#include <vector>

#include "NvInferSafePlugin.h"

namespace tenon::tools {

/// One plugin that is asked of a library.
struct SafetyPlugin {
  std::string space;  ///< the text before "::"; empty when there is none
  std::string name;
};

struct SafetyPluginLibrary {
  std::string path;
  std::vector<SafetyPlugin> plugins;  ///< at least one
};

/// Reads `LIB[NS::NAME,…]`; "NS::" may be missing. Throws std::runtime_error that says what is
/// wrong with the text.
SafetyPluginLibrary parse_safety_plugins(const std::string& text);

/// Opens each library, asks its `getSafetyPluginCreator(namespace, name)` for what is listed, and
/// registers that with the process's safe registry, whose recorder becomes `recorder`. Libraries
/// stay open. Throws std::runtime_error for a library that does not open or has no such function,
/// and for a creator of another namespace than the one asked; a creator that the library does not
/// have, or that is registered already, is a warning to `recorder`.
void register_safety_plugins(const std::vector<SafetyPluginLibrary>& libraries,
                             nvinfer2::safe::ISafeRecorder& recorder);

}  // namespace tenon::tools
