// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks and engines with the plugin of the factor libraries.
#pragma once

#include <NvInfer.h>

#include <memory>
#include <string>
#include <vector>

namespace factor {

/// Adds y = Scripted(x [4]) with the creator that the builder's registry has.
bool fill(nvinfer1::INetworkDefinition& network);

/// An engine of such a network. `library` is loaded into the builder's registry; `embedded` go
/// into the engine. Null when the build is refused.
std::unique_ptr<nvinfer1::IHostMemory> build(nvinfer1::ILogger& logger, char const* library,
                                             std::vector<char const*> const& embedded = {});

/// y[1] for x = 0, 1, 2, 3: the factor; NaN when the run fails.
float run(nvinfer1::ICudaEngine& engine);
float run(nvinfer1::IExecutionContext& context);

/// Whether the process has this file open as a library.
bool is_open(char const* path);

/// A copy under a name of its own, so that the loader takes it for another library.
std::string copy_of(char const* path, char const* name);

}  // namespace factor
