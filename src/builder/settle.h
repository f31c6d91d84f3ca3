// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents that the profiles leave no choice about become numbers.
#pragma once

#include <vector>

#include "builder/builder.h"

namespace tenon::builder {

/// Puts a number for every symbol of an input's extent that has one and the same value, min and
/// max, in all profiles, and types the graph anew. `profiles` are complete (profiles.h). Symbols
/// that the bounds of a size known only at run time mention stay. Engines then tell fixed extents
/// where a range is one number, and kernels are chosen for them. Fails where an operator's rule
/// refuses the numbers.
Status settle_extents(ir::Graph& graph, const std::vector<ProfileRanges>& profiles,
                      Diagnostics& diag);

}  // namespace tenon::builder
