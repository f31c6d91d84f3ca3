// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins that compute on the processor in engines for a GPU: their tensors are copied around each
// run.
#pragma once

#include <memory>
#include <string_view>

#include "kernel/candidate.h"
#include "kernel/loader.h"
#include "ops/foreign.h"

namespace tenon::plugin {

/// The family of such steps. Their records hold the plugin's own family and parameters.
inline constexpr std::string_view kHostFamily = "plugin.host";

/// From now on `id` is known to compute on the processor. Any thread.
void note_host_plugin(const ops::PluginId& id);

/// Whether note_host_plugin or the plugin's metadata (tenon/host_plugin.h; may be null) says so.
[[nodiscard]] bool is_host_plugin(const ops::PluginId& id, const char* metadata);

/// `inner` as it is offered to an engine for `target`: itself, or where it is a host plugin's and
/// the target a GPU, between copies; that is said in `diag`. `node` outlives the candidate.
std::unique_ptr<kernel::Candidate> offered_to(const device::Target& target, bool host_plugin,
                                              std::unique_ptr<kernel::Candidate> inner,
                                              const kernel::NodeInfo& node, Diagnostics& diag);

/// The loader of kHostFamily; `loaders` has those of the plugins' own families, and outlives it.
kernel::LoadFunction host_loader(const kernel::LoaderTable& loaders);

}  // namespace tenon::plugin
