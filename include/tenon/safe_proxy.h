// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a safe engine in a standard process, for tests.
#pragma once

#include <cstddef>

#include "nvinfer1/macros.h"

namespace nvinfer1 {
class ICudaEngine;
class IRuntime;
}  // namespace nvinfer1

namespace tenon {

/// As IRuntime::deserializeCudaEngine, for an engine built with EngineCapability::kSAFETY, which
/// that function refuses: the same kernels and plugins in the same steps, run by the standard
/// runtime, which makes none of the safe runtime's promises. Plugins are found in the safe registry
/// (getSafePluginRegistry). The weights' checksums are compared. Each IO profile of the safe engine
/// is an optimization profile. Null, with the reason reported, when the bytes are refused; so are
/// standard engines. The engine is owned by the caller and freed with delete; `blob` may be freed
/// afterwards. One thread at a time for each runtime. Programs link it as tenon_safe_proxy.
TENSORRTAPI nvinfer1::ICudaEngine* load_safe_engine(nvinfer1::IRuntime& runtime, void const* blob,
                                                    std::size_t size) noexcept;

}  // namespace tenon
