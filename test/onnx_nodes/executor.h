// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Who computes an imported model in these tests.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ir/evaluator.h"
#include "ir/graph.h"

namespace tenon::onnx_nodes {

/// Computes graphs. The reference executor goes node by node; one that builds engines can stand in
/// its place.
class Executor {
 public:
  virtual ~Executor() = default;
  /// The graph's outputs for `inputs`, both in the graph's order. Fails, explained in `diag`, with
  /// InvalidArgument when `inputs` do not suit the graph, and Unsupported when a kernel is lacking.
  virtual Result<std::vector<ops::ConstantRef>> run(const ir::Graph& graph,
                                                    std::span<const ops::ConstantRef> inputs,
                                                    Diagnostics& diag) = 0;
};

/// Computes single nodes on constants by the reference kernels, for the importer.
ir::Evaluator& reference_evaluator();

/// Evaluates node after node by the reference kernels.
std::unique_ptr<Executor> make_reference_executor();

}  // namespace tenon::onnx_nodes
