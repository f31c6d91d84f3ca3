// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which device an engine is built for, and runs on.
#pragma once

#include "nvinfer1/macros.h"

namespace nvinfer1 {
class IBuilderConfig;
class ICudaEngine;
}  // namespace nvinfer1

namespace tenon {

/// Builds with `config` are for `device`: "cpu", "cuda", or "cuda:N" for GPU number N. Null returns
/// to the default: what TENON_DEVICE in the environment says, else a GPU where the library has
/// support for it and there is one, else the CPU. False, with the reason reported, when the text is
/// none of these or there is no such device; the choice is then unchanged. Used by one thread at a
/// time.
TENSORRTAPI bool set_engine_device(nvinfer1::IBuilderConfig& config, char const* device) noexcept;

/// Where `engine` runs: "cpu", or "cuda:N" on GPU number N. Static storage. Any thread.
TENSORRTAPI char const* engine_device(nvinfer1::ICudaEngine const& engine) noexcept;

}  // namespace tenon
