// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How many nodes a model has, without reading it into a graph.
#pragma once

#include <cstddef>
#include <span>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::onnx {

/// Nodes of the model's own graph. Fails where the bytes are no model.
Result<size_t> count_nodes(std::span<const std::byte> model, Diagnostics& diag);

}  // namespace tenon::onnx
