// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening plugin libraries. Both throw Failure that names the library.
#pragma once

#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::trtexec {

/// Registers the plugins that come with the engine.
void register_shipped();

/// Opens libraries whose plugins register themselves with the process; they stay open.
void open_static(const std::vector<std::string>& paths);

/// Hands libraries to the registry of a builder or runtime.
void load_dynamic(nvinfer1::IPluginRegistry& registry, const std::vector<std::string>& paths);

}  // namespace tenon::trtexec
