// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The timing cache on disk.
#pragma once

#include <string>

#include "NvInfer.h"

namespace tenon::trtexec {

/// Gives the configuration the cache of the file, or an empty one where there is no file yet; does
/// nothing without a path. Throws Failure when the file is no cache of this machine.
void load_timing_cache(nvinfer1::IBuilderConfig& config, const std::string& path);

/// Writes the configuration's cache, joined with what the file has got meanwhile.
void save_timing_cache(const nvinfer1::IBuilderConfig& config, const std::string& path);

}  // namespace tenon::trtexec
