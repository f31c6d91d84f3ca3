// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An order of nodes in which every value is made before it is read.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "importers/onnx/wire.h"

namespace tenon::onnx {

/// Indices of `nodes` in such an order; the file's own where that is one. Values that no node makes
/// count as given. Fails with InvalidModel, naming a node, when nodes read each other in a circle.
Result<std::vector<size_t>> order_of(std::span<const wire::Node> nodes, Diagnostics& diag);

}  // namespace tenon::onnx
