// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins that compute on the processor, in engines for a GPU.
#pragma once

#include "nvinfer1/macros.h"

namespace tenon {

/// A plugin of version 3 whose getMetadataString() has this in it reads and writes ordinary memory
/// in its enqueue, and puts nothing on the stream. In an engine for a GPU its tensors are copied
/// around each run: enqueueV3 waits for the stream before it calls the plugin, with addresses of
/// the processor and the null stream, and such a run cannot be captured. The build says so with the
/// node's name. An engine for a processor runs it as any other plugin.
constexpr char const* kHOST_PLUGIN = "tenon:host";

/// Says the same of a plugin that does not say it itself, of version 2 or 3, for later builds of
/// this process. Null texts are empty ones. False when the name is empty. Thread-safe.
TENSORRTAPI bool set_host_plugin(char const* name, char const* version,
                                 char const* pluginNamespace) noexcept;

}  // namespace tenon
