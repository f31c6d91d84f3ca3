// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The passes in the order they run, and the one door they all go through.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "passes/pass.h"

namespace tenon::passes {

/// How a pipeline runs. Everything pointed at outlives the run.
struct Options {
  /// Computes constants; null: nothing is folded.
  ir::Evaluator* evaluator = nullptr;
  /// Passes left out by name, besides those that the environment variable TENON_SKIP_PASS lists,
  /// separated by commas. Unknown names are warned about.
  std::vector<std::string> skip;
  /// Checks the whole graph after every pass that changed it; otherwise only its outputs.
  bool verify = true;
  /// Called after every pass that ran, with its time in milliseconds: for timings and dumps.
  std::function<void(std::string_view pass, const ir::Graph& graph, double ms)> after;
  /// False leaves out the passes that join operators.
  bool fuse = true;
  /// Names of values that must stay, besides the network's outputs.
  std::vector<std::string> keep;
  /// The numbers of floating-point constants may be others later: nothing may depend on them.
  bool numbers_vary = false;
  /// Of tensors by name, the greatest magnitude expected: what is quantised by ranges.
  std::unordered_map<std::string, float> ranges;
  /// See PassContext::lower_to.
  std::optional<DType> lower_to;
  /// See PassContext::takes_integers.
  std::function<bool(const ir::Node& node, std::span<const float> steps)> takes_integers;
  /// Gains a row for each tensor of small integers with one grid, also those that later passes do
  /// without; null: nobody asks.
  QuantisedTensors* quantised = nullptr;
};

/// The passes in order; a name may stand more than once.
std::span<const Pass> pipeline();

/// Runs all passes but the skipped ones. Inputs and outputs of the network keep names, types and
/// order. Fails where the graph is at fault, or, naming the pass and how to skip it, where a pass
/// broke the graph.
Status run_pipeline(ir::Graph& graph, const Options& options, Diagnostics& diag);

/// The same for a list of one's own.
Status run_passes(ir::Graph& graph, std::span<const Pass> passes, const Options& options,
                  Diagnostics& diag);

}  // namespace tenon::passes
