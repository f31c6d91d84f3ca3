// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether a rule still says of a tensor what it said before.
#pragma once

#include "ops/inference.h"

namespace tenon::ir {

/// True if `now` equals `before`, but for symbols numbered from `first_new` on: the rule made them
/// afresh, and each matches an older one that stands for a size of the same bounds.
bool same_type(const ops::TensorType& before, const ops::TensorType& now,
               const expr::SymbolTable& symbols, size_t first_new);

}  // namespace tenon::ir
