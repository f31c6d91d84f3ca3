// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the candidates of products of small integers share.
#pragma once

#include "backends/simd/node_candidate.h"
#include "backends/simd/run/quant_mat_mul.h"

namespace tenon::simd::quant_mat_mul {

/// Depth and columns of a node's constant weights.
Extents extents_of(const kernel::NodeInfo& node);

/// Why no product serves: what is turned, absent or too deep; empty where one does.
std::string refuse_product(const kernel::NodeInfo& node);

/// i8 weights of a node, [column][depth].
std::vector<int8_t> columns_of(const kernel::NodeInfo& node);

}  // namespace tenon::simd::quant_mat_mul
