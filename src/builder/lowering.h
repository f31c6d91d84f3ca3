// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What of a graph has to be computed, with numbers for its extents.
#pragma once

#include <unordered_set>
#include <vector>

#include "builder/builder.h"
#include "builder/extents.h"
#include "tune/tuner.h"

namespace tenon::builder {

/// The graph as tuning and emission see it. Refers to the graph.
struct Lowered {
  tune::Works works;                          ///< nodes that kernels compute, in order
  std::vector<tune::NetworkEnd> ends;         ///< network inputs, then outputs, in order
  std::unordered_set<const ir::Value*> made;  ///< values that a work makes
  uint64_t constant_bytes = 0;                ///< of all constants that works read
};

/// A constant is no work, nor is a node whose outputs all have known content that nobody but shape
/// arithmetic computes; plugins are works even when nobody reads them. Fails when an extent cannot
/// be computed or a format is impossible.
Result<Lowered> lower(const ir::Graph& graph, const Extents& extents, const BuildConfig& config,
                      Diagnostics& diag);

/// True if the value is given as content rather than made by a work or bound by the caller.
bool is_content(const Lowered& lowered, const ir::Value& value);

}  // namespace tenon::builder
