// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges of tensors become conversions, as if the model had brought them.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "passes/passes.h"
#include "passes/quantisation.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

/// Integers of i8 reach 127 on both sides of zero.
constexpr float kMost = 127;

/// The conversions of one graph, one pair a tensor.
class Inserter {
 public:
  Inserter(ir::Graph& graph, PassContext& context) : graph_(graph), context_(context) {}

  [[nodiscard]] bool has_range(const ir::Value* value) const {
    const auto found = context_.ranges.find(value->name);
    return found != context_.ranges.end() && std::isfinite(found->second) && found->second > 0;
  }

  /// What `value` is on its grid, as real numbers, before `before`.
  Result<ir::Value*> on_grid(ir::Value* value, const ir::Node* before) {
    if (const auto found = made_.find(value); found != made_.end()) return found->second;
    const float step = context_.ranges.at(value->name) / kMost;
    ir::Value* scale = constant_before(
        graph_, before, ops::ConstantData::of<float>(Dims{}, std::span<const float>(&step, 1)),
        value->name + "_scale", context_);
    TENON_ASSIGN(ir::Node * small, graph_.insert(before, ops::Quantize{}, {value, scale},
                                                 value->name + "_quantize", context_.diag));
    TENON_ASSIGN(ir::Node * real, graph_.insert(before, ops::Dequantize{}, {small->output(), scale},
                                                value->name + "_dequantize", context_.diag));
    ++context_.changes;
    return made_[value] = real->output();
  }

  /// The weights as i8 with a scale an entry of `axis`, as real numbers.
  Result<ir::Value*> small_weights(ir::Value* value, int64_t axis, const ir::Node* before) {
    const ops::ConstantData& data = *value->constant();
    int64_t inner = 1;
    for (int i = data.dims().rank() - 1; i > axis; --i) inner *= data.dims()[i];
    const int64_t count = data.dims()[static_cast<int>(axis)];
    std::vector<float> scales(static_cast<size_t>(count), 0);
    const auto scale_of = [&](int64_t i) -> float& {
      return scales[static_cast<size_t>(i / inner % count)];
    };
    for (int64_t i = 0; i < data.count(); ++i) {
      scale_of(i) = std::max(scale_of(i), static_cast<float>(std::abs(data.real(i))) / kMost);
    }
    // A channel of zeros is zero on any grid.
    std::ranges::replace_if(
        scales, [](float scale) { return !(scale > 0); }, 1.0F);
    std::vector<int8_t> small(static_cast<size_t>(data.count()));
    for (int64_t i = 0; i < data.count(); ++i) {
      const double steps = std::nearbyint(data.real(i) / scale_of(i));
      small[static_cast<size_t>(i)] = static_cast<int8_t>(std::clamp<double>(steps, -kMost, kMost));
    }
    ir::Value* integers = constant_before(
        graph_, before, ops::ConstantData::of<int8_t>(data.dims(), std::span<const int8_t>(small)),
        value->name + "_quantized", context_);
    ir::Value* scale = constant_before(
        graph_, before, ops::ConstantData::of<float>(Dims{count}, std::span<const float>(scales)),
        value->name + "_scale", context_);
    TENON_ASSIGN(ir::Node * real,
                 graph_.insert(before, ops::Dequantize{axis, DType::F32}, {integers, scale},
                               value->name + "_dequantize", context_.diag));
    return real->output();
  }

 private:
  ir::Graph& graph_;
  PassContext& context_;
  std::unordered_map<const ir::Value*, ir::Value*> made_;
};

bool is_real_constant(const ir::Value* value) {
  return value->constant() != nullptr && value->dtype() == DType::F32;
}

Status insert_at(ir::Graph& graph, ir::Node& node, Inserter& inserter, PassContext& context) {
  ir::Value *x = node.input(ops::kConvX), *w = node.input(ops::kConvWeight);
  const auto* product = node.as<ops::MatMul>();
  if (x->dtype() != DType::F32 || !is_real_constant(w)) return {};
  if (product && (w->shape().size() != 2 || x->shape().size() < 2)) return {};
  // A model's own conversion stands; so does that behind a plugin.
  const bool converted = x->producer() && x->producer()->as<ops::Dequantize>();
  if (!converted && !inserter.has_range(x)) {
    context.diag.warn(
        "layer '{}' is not quantised, for its input '{}' has no range: set one with "
        "ITensor::setDynamicRange, or calibrate",
        node.name, x->name);
    return {};
  }
  ir::Value* small = x;
  if (!converted) {
    TENON_ASSIGN(small, inserter.on_grid(x, &node));
  }
  const int64_t axis = product && !product->transpose_b ? 1 : 0;
  TENON_ASSIGN(ir::Value * weights, inserter.small_weights(w, axis, &node));
  graph.set_input(&node, ops::kConvX, small);
  graph.set_input(&node, ops::kConvWeight, weights);
  ir::Value* residual = product ? nullptr : node.input(ops::kConvResidual);
  if (residual && residual->dtype() == DType::F32 && inserter.has_range(residual)) {
    TENON_ASSIGN(residual, inserter.on_grid(residual, &node));
    graph.set_input(&node, ops::kConvResidual, residual);
  }
  return {};
}

/// Puts a plugin between conversions when all its tensors have ranges and it takes the integers.
Status insert_around(ir::Graph& graph, ir::Node& node, Inserter& inserter, PassContext& context) {
  std::vector<float> steps;
  for (const auto* side : {&node.inputs(), &node.outputs()}) {
    for (const ir::Value* value : *side) {
      if (!value || value->dtype() != DType::F32 || !inserter.has_range(value)) return {};
      steps.push_back(context.ranges.at(value->name) / kMost);
    }
  }
  if (!context.takes_integers) return {};
  if (!context.takes_integers(node, steps)) {
    say_refused(node, context);
    return {};
  }
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    TENON_ASSIGN(ir::Value * real, inserter.on_grid(node.input(i), &node));
    graph.set_input(&node, i, real);
  }
  for (ir::Value* made : node.outputs()) {
    const std::vector<ir::Use> readers = made->uses();
    if (readers.empty() || made->is_network_output()) continue;
    TENON_ASSIGN(ir::Value * real, inserter.on_grid(made, readers[0].node));
    for (const ir::Use& reader : readers) graph.set_input(reader.node, reader.index, real);
  }
  return {};
}

}  // namespace

Status insert_quantisation(ir::Graph& graph, PassContext& context) {
  note_quantised(graph, false, context);
  if (context.ranges.empty()) return {};
  Inserter inserter(graph, context);
  for (ir::Node* node : nodes_of<ops::Foreign>(graph)) {
    TENON_TRY(insert_around(graph, *node, inserter, context));
  }
  for (ir::Node* node : nodes_of<ops::Convolution, ops::MatMul>(graph)) {
    TENON_TRY(insert_at(graph, *node, inserter, context));
  }
  note_quantised(graph, true, context);
  return {};
}

}  // namespace tenon::passes
