// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs that are attributes of nodes: branches and bodies.
#pragma once

#include <string_view>
#include <vector>

#include "importers/onnx/nodes.h"

namespace tenon::onnx {

/// Decodes a graph attribute; refuses another type, and too deep nesting or too many nodes.
Result<const wire::Graph*> subgraph(Context& node, std::string_view attribute);

/// Imports all nodes of `graph` into `body`, in which its inputs are bound, and gives the values of
/// its outputs.
Result<std::vector<ir::Value*>> import_subgraph(Context& node, std::string_view attribute,
                                                const wire::Graph& graph, Scope& body);

/// A scope for `attribute` of `node`, whose names may be those of the values around it.
Scope subgraph_scope(Context& node, std::string_view attribute);

}  // namespace tenon::onnx
