// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Explicit zero padding before a convolution becomes the convolution's own.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

/// True if the node adds zeros around spatial axes alone. Cutting is not adding.
bool adds_zeros(const ops::Pad& pad) {
  if (pad.mode != ops::PadMode::Constant || pad.value != 0) return false;
  for (int axis = 0; axis < pad.begin.rank(); ++axis) {
    const int64_t begin = pad.begin[axis], end = pad.end[axis];
    if (begin < 0 || end < 0 || (axis < 2 && begin + end != 0)) return false;
  }
  return true;
}

}  // namespace

Status fold_pad(ir::Graph& graph, PassContext& context) {
  for (ir::Node* node : nodes_of<ops::Convolution>(graph)) {
    ir::Node* producer = node->input(ops::kConvX)->producer();
    const auto* pad = producer ? producer->as<ops::Pad>() : nullptr;
    if (!pad || !adds_zeros(*pad) || context.pinned(*producer->output())) continue;
    auto* conv = node->as<ops::Convolution>();
    for (int i = 0; i < conv->kernel.rank(); ++i) {
      conv->pads_begin[i] += pad->begin[i + 2];
      conv->pads_end[i] += pad->end[i + 2];
    }
    auto sources = sources_of(*producer);
    append_sources(sources, sources_of(*node));
    node->sources = std::move(sources);
    const std::string names[] = {producer->name, node->name};
    node->name = fused_name(names);
    graph.set_input(node, ops::kConvX, producer->input(0));
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
