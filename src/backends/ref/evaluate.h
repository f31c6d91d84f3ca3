// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Computing one node on constants, for constant folding.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "ops/op.h"

namespace tenon::ref {

/// The outputs of `op` on `inputs` (null: absent), one ConstantData each. Fails, saying nothing to
/// people, when the operator refuses the inputs, has no kernel for their types, fails on their
/// values, or when its outputs would take more than `most_bytes`. Thread-safe.
Result<std::vector<ops::ConstantRef>> evaluate(const ops::Op& op,
                                               std::span<const ops::ConstantData* const> inputs,
                                               size_t most_bytes = size_t{1} << 31);

}  // namespace tenon::ref
