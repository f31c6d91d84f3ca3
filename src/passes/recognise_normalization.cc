// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layer normalisations that importers and exporters spell out, as one node.
#include <algorithm>
#include <optional>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ElementWiseKind;

/// The node that makes `value`, if it is one of this kind.
ir::Node* made_by(const ir::Value& value, ElementWiseKind kind) {
  ir::Node* node = value.producer();
  const auto* op = node ? node->as<ops::ElementWise>() : nullptr;
  return op && op->kind == kind ? node : nullptr;
}

/// x where `value` is `kind`(x); null otherwise.
ir::Value* operand_of(const ir::Value& value, ops::UnaryKind kind) {
  const ir::Node* node = value.producer();
  const auto* op = node ? node->as<ops::Unary>() : nullptr;
  return op && op->kind == kind ? node->input(0) : nullptr;
}

/// A mean that keeps its axes; null for other values.
const ir::Node* mean_of(const ir::Value& value) {
  const ir::Node* node = value.producer();
  const auto* op = node ? node->as<ops::Reduce>() : nullptr;
  return op && op->kind == ops::ReduceKind::Mean && op->keep_dims ? node : nullptr;
}

/// (x − mean) / sqrt(variance + epsilon) over `axes`.
struct Normal {
  ir::Value* x = nullptr;
  Dims axes;
  double epsilon = 0;
};

/// x where `off` is x less its mean, over `axes` then.
ir::Value* centred(const ir::Value& off, Dims& axes) {
  const ir::Node* sub = made_by(off, ElementWiseKind::Sub);
  const ir::Node* mean = sub ? mean_of(*sub->input(1)) : nullptr;
  if (!mean || mean->input(0) != sub->input(0)) return nullptr;
  axes = mean->as<ops::Reduce>()->axes;
  return sub->input(0);
}

bool is_square_of(const ir::Value& value, const ir::Value& off) {
  if (const ir::Node* mul = made_by(value, ElementWiseKind::Mul)) {
    return mul->input(0) == &off && mul->input(1) == &off;
  }
  const ir::Node* pow = made_by(value, ElementWiseKind::Pow);
  return pow && pow->input(0) == &off && only_number(*pow->input(1)) == 2.0;
}

/// What is normalised, if `off` divided by `deviation` is that.
std::optional<Normal> normal_of(const ir::Value& off, const ir::Value& deviation) {
  const ir::Value* sum = operand_of(deviation, ops::UnaryKind::Sqrt);
  const ir::Node* add = sum ? made_by(*sum, ElementWiseKind::Add) : nullptr;
  Normal normal;
  normal.x = centred(off, normal.axes);
  if (!add || !normal.x) return std::nullopt;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ir::Node* variance = mean_of(*add->input(i));
    const auto little = only_number(*add->input(1 - i));
    if (!variance || !little) continue;
    if (variance->as<ops::Reduce>()->axes != normal.axes) continue;
    if (!is_square_of(*variance->input(0), off)) continue;
    normal.epsilon = *little;
    return normal;
  }
  return std::nullopt;
}

/// The same for a node that divides, or multiplies by the inverse.
std::optional<Normal> normal_of(const ir::Value& value) {
  if (const ir::Node* div = made_by(value, ElementWiseKind::Div)) {
    return normal_of(*div->input(0), *div->input(1));
  }
  const ir::Node* mul = made_by(value, ElementWiseKind::Mul);
  for (size_t i = 0; mul != nullptr && i < 2; ++i) {
    const ir::Value* deviation = operand_of(*mul->input(i), ops::UnaryKind::Reciprocal);
    if (deviation == nullptr) continue;
    if (auto normal = normal_of(*mul->input(1 - i), *deviation)) return normal;
  }
  return std::nullopt;
}

/// Whether `value` has an entry for each element along the last axes of x, or one for all.
bool follows(const ir::Value& value, const ir::Value& x, int axes) {
  const expr::Shape &shape = value.shape(), &whole = x.shape();
  if (value.dtype() != x.dtype() || shape.size() > whole.size()) return false;
  const auto is_one = [](const expr::Expr& extent) {
    return extent.is_constant() && extent.constant() == 1;
  };
  const auto first = std::find_if_not(shape.begin(), shape.end(), is_one);
  if (first == shape.end()) return true;
  if (shape.end() - first > axes) return false;
  return std::equal(first, shape.end(), whole.end() - (shape.end() - first));
}

bool are_last(const Dims& axes, size_t rank) {
  for (int i = 0; i < axes.rank(); ++i) {
    if (axes[i] != static_cast<int64_t>(rank) - axes.rank() + i) return false;
  }
  return axes.rank() > 0;
}

/// normal · scale + bias
struct Layer {
  Normal normal;
  ir::Value *scale = nullptr, *bias = nullptr;
};

std::optional<Layer> layer_of(const ir::Node& root, const PassContext& context) {
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ir::Value& scaled = *root.input(i);
    const ir::Node* mul = made_by(scaled, ElementWiseKind::Mul);
    if (!mul || only_reader(context, scaled) != &root) continue;
    for (const size_t k : {size_t{0}, size_t{1}}) {
      const auto normal = normal_of(*mul->input(k));
      if (!normal || only_reader(context, *mul->input(k)) != mul) continue;
      const Layer layer{*normal, mul->input(1 - k), root.input(1 - i)};
      const ir::Value& x = *normal->x;
      const bool fits = is_real(x.dtype()) && are_last(normal->axes, x.shape().size()) &&
                        follows(*layer.scale, x, normal->axes.rank()) &&
                        follows(*layer.bias, x, normal->axes.rank());
      if (fits) return layer;
    }
  }
  return std::nullopt;
}

/// The model's nodes between x and the root, the root's last.
std::vector<std::string> sources_between(const ir::Node& root, const ir::Value& x) {
  std::vector<const ir::Node*> seen, open{&root};
  std::vector<std::string> sources;
  while (!open.empty()) {
    const ir::Node* node = open.back();
    open.pop_back();
    if (std::ranges::find(seen, node) != seen.end()) continue;
    seen.push_back(node);
    append_sources(sources, sources_of(*node));
    for (const ir::Value* input : node->inputs()) {
      const ir::Node* maker = input == nullptr || input == &x ? nullptr : input->producer();
      if (maker != nullptr && input->constant() == nullptr) open.push_back(maker);
    }
  }
  std::ranges::reverse(sources);
  return sources;
}

}  // namespace

Status recognise_normalization(ir::Graph& graph, PassContext& context) {
  for (ir::Node* root : nodes_of<ops::ElementWise>(graph)) {
    if (root->as<ops::ElementWise>()->kind != ElementWiseKind::Add) continue;
    const auto layer = layer_of(*root, context);
    if (!layer || root->output()->shape() != layer->normal.x->shape()) continue;
    const ops::Normalization op{layer->normal.axes, static_cast<float>(layer->normal.epsilon)};
    TENON_ASSIGN(
        ir::Node * made,
        graph.insert(root, op, {layer->normal.x, layer->scale, layer->bias}, "", context.diag));
    made->sources = sources_between(*root, *layer->normal.x);
    made->name = made->sources.size() == 1 ? made->sources[0] : root->name;
    supplant(graph, root->output(), made->output());
    ++context.changes;
  }
  return {};
}

}  // namespace tenon::passes
