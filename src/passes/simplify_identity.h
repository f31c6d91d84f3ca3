// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The pass simplify_identity for networks whose weights may be others later.
#pragma once

#include "passes/pass.h"

namespace tenon::passes {

/// As simplify_identity, but for what hangs on the numbers of floating-point constants: products by
/// one and sums with zero stay.
Status simplify_identity_of_any_numbers(ir::Graph& graph, PassContext& context);

}  // namespace tenon::passes
