// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The safe registry as parsers, builders and engines search it.
#pragma once

#include <string>
#include <vector>

#include "NvInferSafePlugin.h"
#include "ops/foreign.h"

namespace tenon::plugin {

using SafeRegistry = nvinfer2::safe::ISafePluginRegistry;
using SafeCreator = nvinfer2::safe::ISafePluginCreatorV3One;

/// The creator of exactly this name, version and namespace; null when there is none, or no registry
/// (null). Says nothing.
SafeCreator* find_safe_creator(const SafeRegistry* registry, const ops::PluginId& id);

/// Who is registered, in order; for messages.
std::vector<ops::PluginId> safe_creators(const SafeRegistry* registry);

}  // namespace tenon::plugin
