// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What plugins get from a context when nobody gave one: host memory and no recorder.
#pragma once

#include "NvInferRuntime.h"

namespace tenon::plugin {

/// Host memory through the interface of GPU allocators. Thread-safe; never destroyed.
nvinfer1::IGpuAllocator& host_allocator();

/// The context of plugins that run without an execution context, as in tuning. Never destroyed.
nvinfer1::IPluginResourceContext& default_resource_context();

}  // namespace tenon::plugin
