// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes that are wished, as models and layers write them, resolved into extents.
#pragma once

#include "base/result.h"
#include "ops/inference.h"

namespace tenon::ops {

/// What `wanted` makes of a tensor of shape `from`: 0 stands for the input's extent at that place
/// if `zero_copies`, -1 for what is left over. Where only a run knows an element, the extents are
/// expressions that select, and that have no number when the elements do not match
/// (expr/requirement.h). An open extent beside none is 0. Refuses what cannot be.
Result<expr::Shape> reshaped(const expr::Shape& from, const Content& wanted, bool zero_copies,
                             const expr::SymbolTable& symbols, Diagnostics& diag);

/// What `from` and `wanted` broadcast to, both ways; elements of shape inputs in `wanted` are
/// checked in each run. Refuses what does not broadcast.
Result<expr::Shape> expanded(const expr::Shape& from, const Content& wanted,
                             const expr::SymbolTable& symbols, Diagnostics& diag);

}  // namespace tenon::ops
