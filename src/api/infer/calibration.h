// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges of tensors as users give them: set on tensors, kept in caches, or found by calibrators.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "api/infer/builder_config.h"
#include "api/infer/network/network.h"

namespace tenon::api {

/// An engine of a graph that is given away, without quantisation; null, reported, on failure.
using BuildWatched = std::function<std::unique_ptr<nvinfer1::ICudaEngine>(ir::Graph& graph)>;

/// The greatest magnitude of each tensor by name, and who said it, for people.
struct Ranges {
  std::unordered_map<std::string, float> most;
  std::unordered_map<std::string, std::string> sources;
};

/// What there is for BuilderFlag::kINT8; empty without the flag.
/// Ranges set on tensors come before those of the calibrator, whose cache is read, or whose batches
/// are run through an engine that `build` makes. Fails, saying why, when the calibrator has neither
/// or its cache is damaged; warns where nothing can be quantised.
Result<Ranges> ranges_of(const Network& network, const BuilderConfig& config,
                         const BuildWatched& build, Diagnostics& diag);

}  // namespace tenon::api
