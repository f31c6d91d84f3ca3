// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checks that a graph is sound.
#pragma once

#include "ir/graph.h"

namespace tenon::ir {

/// Uses and producers agree, order holds, names of network I/O are unique, every type equals what
/// its operator's rule says. Names the first fault.
Status verify(const Graph& graph, Diagnostics& diag);

}  // namespace tenon::ir
