// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Activations that exporters spell out: a product of x and of a function of x.
#include <cmath>
#include <numbers>
#include <optional>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;

/// `tolerance`: of constants, which were rounded to their type.
bool near(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * std::abs(b);
}

double tolerance_of(DType type) {
  return type == DType::F32 ? 1e-5 : type == DType::F16 ? 2e-3 : 1.2e-2;
}

/// The number that a constant of one element holds; nullopt for other values.
std::optional<double> number_in(const ir::Value& value) {
  const ops::ConstantData* constant = value.constant();
  if (!constant || constant->count() != 1 || !is_real(value.dtype())) return std::nullopt;
  return constant->real(0);
}

/// x where `value` is `kind`(x, number); null otherwise.
ir::Value* other_operand(const ir::Value& value, ElementWiseKind kind, double number) {
  const ir::Node* node = value.producer();
  const auto* op = node ? node->as<ops::ElementWise>() : nullptr;
  if (!op || op->kind != kind) return nullptr;
  const auto given = number_in(*node->input(1));
  const double tolerance = tolerance_of(value.dtype());
  return given && near(*given, number, tolerance) ? node->input(0) : nullptr;
}

/// A tree of multiplications and divisions by numbers: `scale` times at most two values, and the
/// nodes that compute it, its root first.
struct Product {
  double scale = 1;
  std::vector<ir::Value*> factors;
  std::vector<ir::Node*> nodes;

  /// Takes `node` and what it multiplies, as far as nobody else reads that. False when there are
  /// more than two factors.
  bool take(ir::Node& node, const PassContext& context) {
    nodes.push_back(&node);
    const auto* op = node.as<ops::ElementWise>();
    if (const auto number = number_in(*node.input(1))) {
      scale = op->kind == ElementWiseKind::Mul ? scale * *number : scale / *number;
      return add(node.input(0), node, context);
    }
    if (op->kind != ElementWiseKind::Mul) return false;
    return add(node.input(0), node, context) && add(node.input(1), node, context);
  }

  static bool is_part(const ir::Node* node) {
    const auto* op = node ? node->as<ops::ElementWise>() : nullptr;
    if (!op || !is_real(node->output()->dtype())) return false;
    const bool divides = op->kind == ElementWiseKind::Div && number_in(*node->input(1));
    return op->kind == ElementWiseKind::Mul || divides;
  }

 private:
  bool add(ir::Value* value, const ir::Node& reader, const PassContext& context) {
    ir::Node* made_by = value->producer();
    if (is_part(made_by) && only_reader(context, *value) == &reader) return take(*made_by, context);
    factors.push_back(value);
    return factors.size() <= 2;
  }
};

/// The activation that scale · x · gate is, if gate is a function of x that belongs to one.
std::optional<ops::Activation> activation_of(double scale, const ir::Value& x,
                                             const ir::Value& gate) {
  constexpr float kSixth = 1.0F / 6;
  const ir::Node* node = gate.producer();
  if (!node) return std::nullopt;
  const double tolerance = tolerance_of(x.dtype());
  if (const auto* op = node->as<ops::Activation>()) {
    const bool six = op->kind == ActivationKind::Clip && op->alpha == 0 && op->beta == 6;
    if (six && near(scale * 6, 1, tolerance) &&
        other_operand(*node->input(0), ElementWiseKind::Add, 3) == &x) {
      return ops::Activation{ActivationKind::HardSwish, kSixth, 0.5F};
    }
    if (op->kind == ActivationKind::HardSigmoid && scale == 1 && node->input(0) == &x) {
      return ops::Activation{ActivationKind::HardSwish, op->alpha, op->beta};
    }
    return std::nullopt;
  }
  // x · (erf(x / √2) + 1) / 2
  const ir::Value* erf = other_operand(gate, ElementWiseKind::Add, 1);
  const ir::Node* made_by = erf ? erf->producer() : nullptr;
  const auto* unary = made_by ? made_by->as<ops::Unary>() : nullptr;
  if (!unary || unary->kind != ops::UnaryKind::Erf || !near(scale * 2, 1, tolerance))
    return std::nullopt;
  const ir::Value& inner = *made_by->input(0);
  const bool halves = other_operand(inner, ElementWiseKind::Div, std::numbers::sqrt2) == &x ||
                      other_operand(inner, ElementWiseKind::Mul, 1 / std::numbers::sqrt2) == &x;
  return halves ? std::optional(ops::Activation{ActivationKind::GeluErf, 0, 0}) : std::nullopt;
}

/// Nodes between the product and x that only serve the product, the product's own first.
std::vector<ir::Node*> served(const Product& product, const ir::Value& x, ir::Value* gate,
                              const PassContext& context) {
  std::vector<ir::Node*> nodes = product.nodes;
  for (ir::Value* value = gate; value != &x && only_reader(context, *value);) {
    nodes.push_back(value->producer());
    value = nodes.back()->input(0);
  }
  return nodes;
}

Status replace(ir::Graph& graph, const ops::Activation& activation, ir::Value* x,
               const std::vector<ir::Node*>& nodes, PassContext& context) {
  ir::Node* root = nodes.front();
  TENON_ASSIGN(ir::Node * made, graph.insert(root, activation, {x}, "", context.diag));
  std::vector<std::string> names;
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    names.push_back((*it)->name);
    append_sources(made->sources, sources_of(**it));
  }
  made->name = fused_name(names);
  supplant(graph, root->output(), made->output());
  ++context.changes;
  return {};
}

}  // namespace

Status recognise_activation(ir::Graph& graph, PassContext& context) {
  for (ir::Node* root : nodes_of<ops::ElementWise>(graph)) {
    if (!Product::is_part(root)) continue;
    Product product;
    if (!product.take(*root, context) || product.factors.size() != 2) continue;
    for (const size_t first : {size_t{0}, size_t{1}}) {
      ir::Value *x = product.factors[first], *gate = product.factors[1 - first];
      const auto activation = activation_of(product.scale, *x, *gate);
      if (!activation || x->shape() != root->output()->shape()) continue;
      TENON_TRY(replace(graph, *activation, x, served(product, *x, gate, context), context));
      break;
    }
  }
  return {};
}

}  // namespace tenon::passes
