// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Network inputs whose values decide shapes.
#pragma once

#include "ir/graph.h"

namespace tenon::ir {

/// Makes the elements of `value` known as expressions, for a reader whose shapes depend on them.
/// Nothing happens where they are. Otherwise the integer network inputs that `value` is, or is
/// computed from, become shape inputs: each element gets a symbol "<input>[<i>]", whose range
/// profiles give and whose number is read before each run; the graph is typed anew. Fails, changing
/// nothing, when that does not tell the elements: a node on the way whose content is not followed,
/// an input of another type than i32 and i64, with open extents or more than ops::kMaxContent
/// elements.
Status follow_content(Graph& graph, Value& value, Diagnostics& diag);

}  // namespace tenon::ir
