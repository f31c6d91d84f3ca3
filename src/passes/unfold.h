// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the parts of the pass unfold share.
#pragma once

#include <string_view>
#include <vector>

#include "passes/pass.h"

namespace tenon::passes {

/// Puts an operator before `node`, named "<node>/<role>".
Result<ir::Value*> before(ir::Graph& graph, const ir::Node& node, ops::Op op,
                          std::vector<ir::Value*> inputs, std::string_view role,
                          PassContext& context);

/// The node becomes `op` of `inputs`.
void become(ir::Graph& graph, ir::Node& node, ops::Op op, const std::vector<ir::Value*>& inputs);

/// Makes two products and a softmax of an attention over padded sequences of full length; others
/// stay.
Status unfold_attention(ir::Graph& graph, ir::Node& node, PassContext& context);

/// Makes gathers of computed places along axes whose start does not follow from the input's
/// extents; others stay a slice.
Status unfold_slice(ir::Graph& graph, ir::Node& node, PassContext& context);

}  // namespace tenon::passes
