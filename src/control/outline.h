// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops and conditionals of a network become nodes.
#pragma once

#include <memory>

#include "control/foreign_op.h"

namespace tenon::control {

/// Replaces the borders of each loop and conditional, and what lies between, by one Foreign node
/// with a ControlOp, inner ones first. What depends on no recurrence or iterator stays outside of a
/// loop; constants are copied in. A branch is what its output needs of the values that were handed
/// in. Nodes that nobody reads are removed. Refuses, by name, what is read outside but made inside,
/// loops without an end, and shapes that change from one iteration to the next.
Status outline(ir::Graph& graph, const std::shared_ptr<const Services>& services,
               Diagnostics& diag);

}  // namespace tenon::control
