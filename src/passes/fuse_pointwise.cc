// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Regions of element-by-element operators become one node that keeps interior values in registers.
#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::PointwiseCode;
using ops::PointwiseStep;
using ops::UnaryKind;

/// The operator as a step without operands; nullopt when a Pointwise cannot do it.
std::optional<PointwiseStep> step_of(const ir::Node& node) {
  PointwiseStep step;
  if (const auto* unary = node.as<ops::Unary>()) {
    if (unary->kind == UnaryKind::Not) return std::nullopt;
    step.code = PointwiseCode::Unary;
    step.kind = static_cast<int64_t>(unary->kind);
  } else if (const auto* activation = node.as<ops::Activation>()) {
    step = {
        PointwiseCode::Activation, static_cast<int64_t>(activation->kind), 0, 0, activation->alpha,
        activation->beta};
  } else if (const auto* binary = node.as<ops::ElementWise>()) {
    step.code = PointwiseCode::ElementWise;
    step.kind = static_cast<int64_t>(binary->kind);
  } else {
    return std::nullopt;
  }
  // Tests and comparisons give bool, and so are left out here.
  const DType dtype = node.output()->dtype();
  const auto real = [&](const ir::Value* v) { return is_real(dtype) && v->dtype() == dtype; };
  if (!real(node.output()) || !std::ranges::all_of(node.inputs(), real)) return std::nullopt;
  return step;
}

/// Nodes that end in one of them, the root: every reader of the others is in the region.
struct Region {
  const expr::Shape* shape;                 ///< of all outputs in it
  std::vector<ir::Node*> nodes;             ///< the root first, then backwards
  std::unordered_set<const ir::Value*> in;  ///< values loaded from outside
};
using RegionOf = std::unordered_map<const ir::Node*, Region*>;

/// The region that all readers of the node's output share, if the node fits into it.
Region* region_around(const ir::Node& node, const RegionOf& region_of, const PassContext& context) {
  const ir::Value& value = *node.output();
  if (value.uses().empty() || context.pinned(value)) return nullptr;
  Region* region = nullptr;
  for (const ir::Use& use : value.uses()) {
    const auto found = region_of.find(use.node);
    if (found == region_of.end() || (region && region != found->second)) return nullptr;
    region = found->second;
  }
  if (*region->shape != value.shape()) return nullptr;
  size_t loads = region->in.size() - 1;  // the node's own value is loaded no more
  for (const ir::Value* input : node.inputs()) loads += region->in.contains(input) ? 0 : 1;
  return region->nodes.size() + 1 + loads <= kMaxPointwiseSteps ? region : nullptr;
}

/// All regions; nodes are met after their readers.
std::vector<std::unique_ptr<Region>> find_regions(const ir::Graph& graph,
                                                  const PassContext& context) {
  std::vector<std::unique_ptr<Region>> regions;
  RegionOf region_of;
  for (size_t i = graph.nodes().size(); i-- > 0;) {
    ir::Node* node = graph.nodes()[i].get();
    if (!step_of(*node)) continue;
    Region* region = region_around(*node, region_of, context);
    if (!region) {
      region = regions.emplace_back(std::make_unique<Region>()).get();
      region->shape = &node->output()->shape();
    }
    region->nodes.push_back(node);
    region->in.erase(node->output());
    for (const ir::Value* input : node->inputs()) region->in.insert(input);
    region_of[node] = region;
  }
  return regions;
}

/// Writes the steps of a region in its order, each value loaded where it is first needed.
class Writer {
 public:
  explicit Writer(const Region& region) {
    for (auto it = region.nodes.rbegin(); it != region.nodes.rend(); ++it) write(**it);
  }
  ops::Pointwise op;
  std::vector<ir::Value*> inputs;

 private:
  void write(const ir::Node& node) {
    PointwiseStep step = *step_of(node);
    step.lhs = operand(node.input(0));
    if (node.inputs().size() > 1) step.rhs = operand(node.input(1));
    at_[node.output()] = push(step);
  }
  int64_t operand(ir::Value* value) {
    const auto [found, is_new] = at_.try_emplace(value, 0);
    if (is_new) {
      PointwiseStep load;
      load.lhs = static_cast<int64_t>(inputs.size());
      inputs.push_back(value);
      found->second = push(load);
    }
    return found->second;
  }
  int64_t push(const PointwiseStep& step) {
    op.steps.push_back(step);
    return static_cast<int64_t>(op.steps.size()) - 1;
  }

  std::unordered_map<const ir::Value*, int64_t> at_;
};

Status fuse(ir::Graph& graph, const Region& region, PassContext& context) {
  ir::Node* root = region.nodes.front();
  Writer writer(region);
  TENON_ASSIGN(ir::Node * fused, graph.insert(root, std::move(writer.op), std::move(writer.inputs),
                                              "", context.diag));
  if (fused->output()->shape() != root->output()->shape()) {
    graph.erase(fused);  // equal sizes in other words: better slow than wrong
    return {};
  }
  std::vector<std::string> names;
  for (auto it = region.nodes.rbegin(); it != region.nodes.rend(); ++it) {
    names.push_back((*it)->name);
    append_sources(fused->sources, sources_of(**it));
  }
  fused->name = fused_name(names);
  supplant(graph, root->output(), fused->output());
  for (ir::Node* node : region.nodes) graph.erase(node);
  ++context.changes;
  return {};
}

}  // namespace

Status fuse_pointwise(ir::Graph& graph, PassContext& context) {
  for (const auto& region : find_regions(graph, context)) {
    if (region->nodes.size() > 1) TENON_TRY(fuse(graph, *region, context));
  }
  return {};
}

}  // namespace tenon::passes
