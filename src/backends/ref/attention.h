// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What nodes of attention must have when they are built, though the network may add it late.
#pragma once

#include "backends/ref/kernel.h"

namespace tenon::ref {

/// The lengths of packed sequences.
Status needs_lengths(const kernel::NodeInfo& node, Diagnostics& diag);
/// The weights of experts: all biases or none.
Status needs_weights(const kernel::NodeInfo& node, Diagnostics& diag);
/// The row of each place, for cosines and sines by row.
Status needs_places(const kernel::NodeInfo& node, Diagnostics& diag);

}  // namespace tenon::ref
