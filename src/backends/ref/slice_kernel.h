// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernel of Slice, whose starts may depend on the input's extents.
#pragma once

#include "backends/ref/kernel.h"

namespace tenon::ref {

/// Starts are kept as programs over the extents of the input, so that "the last row" stays the last
/// row of a dynamic batch.
Row slice_row();

}  // namespace tenon::ref
