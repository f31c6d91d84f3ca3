// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What matrix products have in common.
#pragma once

#include "backends/simd/run/loaded_kernel.h"
#include "ops/mat_mul.h"

namespace tenon::simd {

enum MatMulInput : size_t { kA, kB, kBias };

/// How the third input is added.
enum class Bias : uint8_t { None, Columns, Residual };

namespace mat_mul_packed {

/// Describes the packing of the right side: equal bytes, equal layout.
PackedLayout layout_of(Level level, int64_t depth, int64_t columns);

}  // namespace mat_mul_packed

}  // namespace tenon::simd
