// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators between conversions become operators on integers.
#include <algorithm>
#include <cmath>

#include "passes/passes.h"
#include "passes/quantisation.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ActivationKind;

/// Activations that fast kernels on integers apply.
bool is_cheap(const ops::Activation& activation) {
  return activation.kind == ActivationKind::None || activation.kind == ActivationKind::Relu ||
         activation.kind == ActivationKind::Clip;
}

/// Weights as i8 around zero, with one f32 scale, or one an output channel.
struct Weights {
  ops::ConstantRef integers;  ///< null: those of `value`
  ir::Value* value;
  ir::Value* scale;
};

/// `data` less its zero points, one an entry of axis `axis` or one for all; null when a difference
/// is no i8.
ops::ConstantRef centred(const ops::ConstantData& data, const ops::ConstantData& zero,
                         int64_t axis) {
  int64_t inner = 1;
  const int rank = data.dims().rank();
  for (int i = rank - 1; i > axis; --i) inner *= data.dims()[i];
  std::vector<int8_t> values;
  values.reserve(static_cast<size_t>(data.count()));
  for (int64_t i = 0; i < data.count(); ++i) {
    const int64_t at = zero.count() == 1 ? 0 : i / inner % data.dims()[static_cast<int>(axis)];
    const double value = data.real(i) - zero.real(at);
    if (value < -128 || value > 127) return nullptr;
    values.push_back(static_cast<int8_t>(value));
  }
  return ops::ConstantData::of<int8_t>(data.dims(), std::span<const int8_t>(values));
}

/// The weights behind `value`, whose output channels are along `axis`.
std::optional<Weights> weights_of(const ir::Value* value, int64_t axis) {
  ir::Node* node = value->producer();
  const auto* op = node ? node->as<ops::Dequantize>() : nullptr;
  if (!op || op->to != DType::F32) return std::nullopt;
  const ops::ConstantData *data = node->input(0)->constant(), *scale = node->input(1)->constant();
  if (!data || !scale || scale->dtype() != DType::F32) return std::nullopt;
  if (data->dtype() != DType::I8 && data->dtype() != DType::U8) return std::nullopt;
  if (scale->count() != 1 && op->axis != axis) return std::nullopt;
  for (int64_t i = 0; i < scale->count(); ++i) {
    if (!std::isfinite(scale->real(i)) || scale->real(i) <= 0) return std::nullopt;
  }
  const ops::ConstantData* zero = node->input(2) ? node->input(2)->constant() : nullptr;
  if (node->input(2) && (!zero || (zero->count() != 1 && op->axis != axis))) return std::nullopt;
  Weights weights{nullptr, node->input(0), node->input(1)};
  if (zero == nullptr && data->dtype() == DType::I8) return weights;
  if (zero != nullptr && data->dtype() == DType::I8 && all_equal(*zero, 0)) return weights;
  const float none = 0;
  const auto centre = zero ? nullptr : ops::ConstantData::of<float>(Dims{1}, std::span(&none, 1));
  weights.integers = centred(*data, zero ? *zero : *centre, axis);
  return weights.integers ? std::optional(weights) : std::nullopt;
}

/// Puts `op` in the place of `node` and of the conversion behind it, if there is one.
Result<ir::Node*> put(ir::Graph& graph, ir::Node& node, const std::optional<Conversion>& quantize,
                      ops::Op op, std::vector<ir::Value*> inputs, PassContext& context) {
  ir::Node& last = quantize ? *quantize->node : node;
  TENON_ASSIGN(ir::Node * made,
               graph.insert(&node, std::move(op), std::move(inputs), node.name, context.diag));
  made->sources = sources_of(node);
  if (quantize) append_sources(made->sources, sources_of(last));
  supplant(graph, last.output(), made->output());
  ++context.changes;
  return made;
}

/// The conversion that alone reads `node`.
std::optional<Conversion> quantize_behind(const ir::Node& node, const PassContext& context) {
  return as_quantize(only_reader(context, *node.output()));
}

/// A convolution or product of integers and constant integers.
Status absorb_weighted(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const auto* convolution = node.as<ops::Convolution>();
  const auto* product = node.as<ops::MatMul>();
  const bool across = product != nullptr && !product->transpose_b;
  if (product && node.input(1)->shape().size() != 2) return {};
  const auto x = dequantized_by(node.input(ops::kConvX));
  const auto weights = weights_of(node.input(ops::kConvWeight), across ? 1 : 0);
  const ir::Value* bias = node.input(ops::kConvBias);
  if (!x || !weights || (bias && !bias->constant())) return {};
  if (product && x->node->input(0)->shape().size() < 2) return {};
  const auto residual = dequantized_by(node.input(ops::kConvResidual));
  if (node.input(ops::kConvResidual) && !residual) return {};
  const auto quantize = quantize_behind(node, context);
  const ops::Grid y = quantize ? quantize->grid : ops::Grid{};
  const DType to = quantize ? quantize->type : DType::F32;
  ir::Value* integers = weights->value;
  if (weights->integers) {
    integers = constant_before(graph, &node, weights->integers, weights->value->name + "_centred",
                               context);
  }
  std::vector<ir::Value*> inputs{x->node->input(0), integers, node.input(ops::kConvBias),
                                 residual ? residual->node->input(0) : nullptr, weights->scale};
  const ops::Grid added = residual ? residual->grid : ops::Grid{};
  ops::Op op = convolution
                   ? ops::Op(ops::QuantConvolution{*convolution, x->grid, added, y, to, false, {}})
                   : ops::Op(ops::QuantMatMul{*product, x->grid, y, to});
  return put(graph, node, quantize, std::move(op), std::move(inputs), context).status();
}

/// A sum of two, or an activation, or nothing but a change of grid.
Status absorb_sum(ir::Graph& graph, const Conversion& quantize, PassContext& context) {
  ir::Node* last = quantize.node;
  ir::Node* node = last->input(0)->producer();
  if (!node) return {};
  // A conversion may have other readers: only what it is made of is read.
  const bool alone = only_reader(context, *last->input(0)) == last;
  if (!alone && !node->as<ops::Dequantize>()) return {};
  ops::QuantSum op;
  op.y = quantize.grid;
  op.to = quantize.type;
  std::vector<std::string> sources;
  if (const auto* activation = node->as<ops::Activation>()) {
    if (!is_cheap(*activation)) return {};
    op.activation = *activation;
    sources = sources_of(*node);
    ir::Node* before = node->input(0)->producer();
    const auto* sum = before ? before->as<ops::ElementWise>() : nullptr;
    if (sum && only_reader(context, *node->input(0)) == node) node = before;
  }
  const auto* sum = node->as<ops::ElementWise>();
  if (sum && sum->kind != ops::ElementWiseKind::Add) return {};
  // A change of grid is of the value that the conversion makes real.
  const ir::Value* first = sum || node->as<ops::Activation>() ? node->input(0) : node->output();
  const auto a = dequantized_by(first);
  if (!a || (!sum && !node->as<ops::Activation>() && !node->as<ops::Dequantize>())) return {};
  op.a = a->grid;
  std::vector<ir::Value*> inputs{a->node->input(0)};
  if (sum) {
    const auto b = dequantized_by(node->input(1));
    if (!b || node->input(0)->shape() != node->input(1)->shape()) return {};
    op.b = b->grid;
    inputs.push_back(b->node->input(0));
  }
  // A change of grid does the second conversion's work alone: the first one may stay.
  const bool changes = node->as<ops::Dequantize>() != nullptr;
  TENON_ASSIGN(ir::Node * made,
               put(graph, changes ? *last : *node, changes ? std::nullopt : std::optional(quantize),
                   op, std::move(inputs), context));
  append_sources(made->sources, sources);
  return {};
}

/// The average over windows, or over whole images of known extents, as a pooling.
std::optional<ops::Pooling> as_average(const ir::Node& node) {
  if (node.input(0)->shape().size() != 4) return std::nullopt;
  if (const auto* pooling = node.as<ops::Pooling>()) {
    return pooling->kind == ops::PoolingKind::Average ? std::optional(*pooling) : std::nullopt;
  }
  const auto* mean = node.as<ops::Reduce>();
  const expr::Shape& x = node.input(0)->shape();
  if (!mean || mean->kind != ops::ReduceKind::Mean || mean->axes != Dims{2, 3} ||
      !mean->keep_dims || !x[2].is_constant() || !x[3].is_constant()) {
    return std::nullopt;
  }
  ops::Pooling pooling;
  pooling.kind = ops::PoolingKind::Average;
  pooling.kernel = {x[2].constant(), x[3].constant()};
  pooling.strides = pooling.dilations = {1, 1};
  pooling.pads_begin = pooling.pads_end = {0, 0};
  return pooling;
}

/// An average of integers.
Status absorb_average(ir::Graph& graph, ir::Node& node, PassContext& context) {
  const auto pooling = as_average(node);
  const auto x = pooling ? dequantized_by(node.input(0)) : std::nullopt;
  const auto quantize = x ? quantize_behind(node, context) : std::nullopt;
  if (!quantize) return {};
  ops::QuantPooling op{*pooling, x->grid, quantize->grid, quantize->type};
  return put(graph, node, quantize, std::move(op), {x->node->input(0)}, context).status();
}

/// True of a conversion to or from i8 around zero.
bool is_plain(const std::optional<Conversion>& conversion) {
  return conversion && conversion->type == DType::I8 && conversion->grid.zero == 0;
}

/// The step of the conversion that makes an i8 input of a plugin, or reads an i8 output of one.
std::optional<float> step_of(const ir::Value& value, bool input) {
  if (input) {
    const auto made = as_quantize(value.producer());
    return is_plain(made) ? std::optional(made->grid.scale) : std::nullopt;
  }
  for (const ir::Use& use : value.uses()) {
    const auto* op = use.node->as<ops::Dequantize>();
    const auto read = op ? dequantized_by(use.node->output()) : std::nullopt;
    if (is_plain(read)) return read->grid.scale;
  }
  return std::nullopt;
}

/// Tells a plugin that the model itself gives integers what their steps are.
void tell_steps(const ir::Node& node, const PassContext& context) {
  std::vector<float> steps;
  for (const auto* side : {&node.inputs(), &node.outputs()}) {
    for (const ir::Value* value : *side) {
      const auto step = value ? step_of(*value, side == &node.inputs()) : std::nullopt;
      if (!step || value->dtype() != DType::I8) return;
      steps.push_back(*step);
    }
  }
  context.takes_integers(node, steps);
}

/// A plugin of real numbers between conversions.
Status absorb_plugin(ir::Graph& graph, ir::Node& node, PassContext& context) {
  std::vector<float> steps;
  const std::vector<ir::Value*> before = node.inputs();
  std::vector<ir::Value*> small;
  for (const ir::Value* value : before) {
    const auto conversion = dequantized_by(value);
    if (!is_plain(conversion)) return tell_steps(node, context), Status{};
    small.push_back(conversion->node->input(0));
    steps.push_back(conversion->grid.scale);
  }
  std::vector<Conversion> behind;
  for (ir::Value* value : node.outputs()) {
    const auto conversion = as_quantize(only_reader(context, *value));
    if (!is_plain(conversion) || value->is_network_output()) return {};
    behind.push_back(*conversion);
    steps.push_back(conversion->grid.scale);
  }
  if (!context.takes_integers(node, steps)) {
    say_refused(node, context);
    return {};
  }
  for (size_t i = 0; i < small.size(); ++i) graph.set_input(&node, i, small[i]);
  TENON_TRY(graph.reinfer(&node, context.diag));
  const bool integers = std::ranges::all_of(
      node.outputs(), [](const ir::Value* value) { return value->dtype() == DType::I8; });
  if (!integers) {
    for (size_t i = 0; i < before.size(); ++i) graph.set_input(&node, i, before[i]);
    say_refused(node, context);
    return graph.reinfer(&node, context.diag);
  }
  for (const Conversion& conversion : behind) {
    supplant(graph, conversion.node->output(), conversion.node->input(0));
    graph.erase(conversion.node);
  }
  ++context.changes;
  return {};
}

}  // namespace

Status absorb_quantisation(ir::Graph& graph, PassContext& context) {
  // Conversions that moved stand at other tensors now.
  note_quantised(graph, !context.ranges.empty(), context);
  if (context.takes_integers) {
    for (ir::Node* node : nodes_of<ops::Foreign>(graph)) {
      TENON_TRY(absorb_plugin(graph, *node, context));
    }
  }
  for (ir::Node* node : nodes_of<ops::Convolution, ops::MatMul>(graph)) {
    if (node->output()->dtype() == DType::F32) {
      TENON_TRY(absorb_weighted(graph, *node, context));
    }
  }
  for (ir::Node* node : nodes_of<ops::Pooling, ops::Reduce>(graph)) {
    TENON_TRY(absorb_average(graph, *node, context));
  }
  for (ir::Node* node : nodes_of<ops::Quantize>(graph)) {
    const auto quantize = as_quantize(node);
    if (quantize) TENON_TRY(absorb_sum(graph, *quantize, context));
  }
  return {};
}

}  // namespace tenon::passes
