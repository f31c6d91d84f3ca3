// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The bytes that a version 2 plugin keeps in an engine.
#pragma once

#include "base/bytes.h"
#include "plugin/adapt/v2/object.h"

namespace tenon::plugin {

/// Initialises the configured plugin, terminates it, and has it write its bytes: what it writes may
/// depend on having been initialised. Fails when initialize() does, when the size is absurd, or
/// when the plugin writes more than it announced.
Result<Bytes> serialize(const V2Object& object, const ops::PluginId& id, Diagnostics& diag);

/// Has the plugin write its bytes as it is now.
Result<Bytes> serialized_now(const V2Object& object, const ops::PluginId& id, Diagnostics& diag);

/// initialize(), its failure said with the code.
Status initialize(const V2Object& object, const ops::PluginId& id, Diagnostics& diag);

}  // namespace tenon::plugin
