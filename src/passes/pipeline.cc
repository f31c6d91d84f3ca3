// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of passes, and the door: skip, time, mend, check, show.
#include "passes/pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "ir/verify.h"
#include "passes/passes.h"
#include "passes/simplify_identity.h"

namespace tenon::passes {

namespace {

constexpr Pass kPipeline[] = {
    // What is left of the framework's way to say things goes first.
    {"dead_code", dead_code},
    {"unfold", unfold},
    {"canonicalise", canonicalise},
    {"simplify_identity", simplify_identity},
    {"content_to_constant", content_to_constant},
    {"constant_folding", constant_folding},
    {"dead_code", dead_code},
    // Constants made above are constants for these.
    {"canonicalise", canonicalise},
    {"simplify_identity", simplify_identity},
    {"dead_code", dead_code},
    {"fold_pad", fold_pad},
    {"fold_batch_norm", fold_batch_norm},
    {"fold_scale", fold_scale},
    {"dead_code", dead_code},
    // Convolutions take what they can; chains are made of what is left.
    {"recognise_activation", recognise_activation, true},
    {"recognise_normalization", recognise_normalization, true, true},
    {"recognise_attention", recognise_attention, true, true},
    {"dead_code", dead_code},
    {"fuse_epilogue", fuse_epilogue, true},
    {"insert_quantisation", insert_quantisation},
    {"move_quantisation", move_quantisation, true, true},
    {"constant_folding", constant_folding},
    {"absorb_quantisation", absorb_quantisation, true, true},
    {"dead_code", dead_code},
    {"absorb_residual", absorb_residual, true, true},
    {"fold_dequantisation", fold_dequantisation},
    {"fuse_pointwise", fuse_pointwise, true},
    {"dead_code", dead_code},
    {"lower_precision", lower_precision},
    {"dead_code", dead_code},
};

/// What the caller sees of an output, and so may not change. (Extents may come to be known.)
struct OutputSeen {
  std::string name;
  DType dtype;
  size_t rank;
  friend bool operator==(const OutputSeen&, const OutputSeen&) = default;
};

std::vector<OutputSeen> outputs_seen(const ir::Graph& graph) {
  std::vector<OutputSeen> seen;
  for (const ir::Value* value : graph.outputs()) {
    seen.push_back({value->name, value->dtype(), value->shape().size()});
  }
  return seen;
}

/// Names to skip, from the options and the environment.
std::vector<std::string> skipped(const Options& options, std::span<const Pass> passes,
                                 Diagnostics& diag) {
  std::vector<std::string> names = options.skip;
  const char* variable = std::getenv("TENON_SKIP_PASS");
  std::string_view rest = variable ? variable : "";
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    if (end > 0) names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& name : names) {
    if (std::ranges::any_of(passes, [&](const Pass& pass) { return pass.name == name; })) continue;
    std::string known;
    for (const Pass& pass : passes) {
      if (known.find(pass.name) != known.npos) continue;
      known += known.empty() ? "" : ", ";
      known += pass.name;
    }
    diag.warn("there is no pass \"{}\" to skip; there are {}", name, known);
  }
  return names;
}

/// Restores order and types after a pass and checks that it did no harm.
Status settle(ir::Graph& graph, const std::vector<OutputSeen>& before, const Options& options,
              Diagnostics& diag) {
  TENON_TRY(graph.refresh(diag));
  if (outputs_seen(graph) != before) {
    return diag.fail(Code::Internal, "the network's outputs have changed");
  }
  return options.verify ? ir::verify(graph, diag) : Status{};
}

}  // namespace

std::span<const Pass> pipeline() { return kPipeline; }

Status run_pipeline(ir::Graph& graph, const Options& options, Diagnostics& diag) {
  return run_passes(graph, kPipeline, options, diag);
}

Status run_passes(ir::Graph& graph, std::span<const Pass> passes, const Options& options,
                  Diagnostics& diag) {
  using Clock = std::chrono::steady_clock;
  const auto skip = skipped(options, passes, diag);
  const auto outputs = outputs_seen(graph);
  PassContext context{diag,
                      options.evaluator,
                      {options.keep.begin(), options.keep.end()},
                      options.ranges,
                      options.takes_integers,
                      options.lower_to,
                      options.quantised};
  for (const Pass& pass : passes) {
    if (std::ranges::find(skip, pass.name) != skip.end()) continue;
    if (pass.fuses && !options.fuse) continue;
    // Grids are numbers, which operators on integers take into their parameters.
    if (options.numbers_vary && pass.bakes_grids) continue;
    const auto start = Clock::now();
    context.changes = 0;
    const bool varies = options.numbers_vary && pass.run == simplify_identity;
    TENON_TRY(varies ? simplify_identity_of_any_numbers(graph, context) : pass.run(graph, context));
    if (context.changes > 0) {
      if (const Status status = settle(graph, outputs, options, diag); !status.ok()) {
        return diag.fail(Code::Internal,
                         "pass {} broke the graph: leave it out with TENON_SKIP_PASS={} and report "
                         "the model",
                         pass.name, pass.name);
      }
    }
    const std::chrono::duration<double, std::milli> time = Clock::now() - start;
    diag.verbose("pass {}: {} changes, {} nodes, {:.2f} ms", pass.name, context.changes,
                 graph.nodes().size(), time.count());
    if (options.after) options.after(pass.name, graph, time.count());
  }
  return {};
}

}  // namespace tenon::passes
