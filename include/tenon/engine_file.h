// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading an engine without copying it.
#pragma once

#include "nvinfer1/macros.h"

namespace nvinfer1 {
class ICudaEngine;
class IRuntime;
}  // namespace nvinfer1

namespace tenon {

/// As IRuntime::deserializeCudaEngine on the bytes of the file at `path`, but the file is mapped
/// and its weights are used where they lie: nothing is copied, and processes that load the same
/// file share its memory. While the engine lives the file must not be written into; to replace it,
/// rename another one over it, as trtexec does. Null, with the reason reported, when the file
/// cannot be read or is refused. The engine is owned by the caller and freed with delete. One
/// thread at a time for each runtime.
TENSORRTAPI nvinfer1::ICudaEngine* load_engine_file(nvinfer1::IRuntime& runtime,
                                                    char const* path) noexcept;

}  // namespace tenon
