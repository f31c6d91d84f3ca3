// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fused chains, as candidates see them.
#pragma once

#include <string>

#include "ops/op.h"

namespace tenon::simd {

/// Any element-wise operator of f32 as a chain. Only for operators refuse_pointwise accepts.
ops::Pointwise as_pointwise(const ops::Op& op);

/// Why a chain cannot run here; empty when it can: a step gives bool, or names what is not there.
std::string refuse_pointwise(const ops::Pointwise& chain, size_t inputs);

}  // namespace tenon::simd
