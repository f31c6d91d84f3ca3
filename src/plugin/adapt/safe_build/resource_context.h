// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What safe plugins get while an engine is built, and in the standard process.
#pragma once

#include "NvInferSafePlugin.h"

namespace tenon::plugin {

/// Speaks to the logger of the process. Thread-safe; never destroyed.
nvinfer2::safe::ISafeRecorder& process_recorder();

/// Host memory, the recorder above, and a place for error bits that nobody reads. Never destroyed.
nvinfer2::safe::ISafePluginResourceContext& default_safe_context();

}  // namespace tenon::plugin
