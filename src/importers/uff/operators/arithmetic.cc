// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elementwise operators.
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

using ops::ActivationKind;
using ops::ElementWise;
using ops::ElementWiseKind;
using ops::UnaryKind;

int64_t rank_of(const ir::Value& value) { return static_cast<int64_t>(value.shape().size()); }

/// True for a value of one element, and for a vector that lies along channels.
bool spreads(const ir::Value& value) {
  return rank_of(value) == 0 || (rank_of(value) == 1 && value.shape()[0] == expr::Expr(1));
}

/// The other operand beside one of rank `rank` whose channels were moved to the front: a vector of
/// them gets its axis there. Null where it cannot stand beside it.
Result<ir::Value*> beside(Context& node, size_t i, int64_t rank) {
  const Tensor& tensor = node.inputs()[i];
  ir::Value* value = tensor.value;
  if (tensor.stored == Stored::Turned && rank_of(*value) == rank) return value;
  if (tensor.stored != Stored::AsFile) return nullptr;
  if (spreads(*value)) return value;
  if (rank_of(*value) != 1) return nullptr;
  expr::Shape target(static_cast<size_t>(rank) - 1, expr::Expr(1));
  target[0] = value->shape()[0];
  return node.add(ops::Reshape{std::move(target)}, {value}, "by_channel");
}

Status import_binary(Context& node) {
  constexpr ElementWiseKind kKinds[] = {
      ElementWiseKind::Min, ElementWiseKind::Max, ElementWiseKind::Mul, ElementWiseKind::Sub,
      ElementWiseKind::Div, ElementWiseKind::Add, ElementWiseKind::Pow};
  TENON_TRY(node.expect_inputs(2));
  TENON_ASSIGN(const size_t func,
               node.choice("func", {"min", "max", "mul", "sub", "div", "add", "pow"}));
  const ElementWise op{kKinds[func]};
  const Tensor &a = node.inputs()[0], &b = node.inputs()[1];
  const Tensor& turned = a.stored == Stored::Turned ? a : b;
  if (turned.stored == Stored::Turned) {
    const int64_t rank = rank_of(*turned.value);
    TENON_ASSIGN(ir::Value * left, beside(node, 0, rank));
    TENON_ASSIGN(ir::Value * right, beside(node, 1, rank));
    if (left != nullptr && right != nullptr) return node.finish(op, {left, right}, Stored::Turned);
  }
  TENON_ASSIGN(ir::Value * left, node.in(0));
  TENON_ASSIGN(ir::Value * right, node.in(1));
  const bool first = a.stored == Stored::ChannelFirst || b.stored == Stored::ChannelFirst;
  return node.finish(op, {left, right}, first ? Stored::ChannelFirst : Stored::AsFile);
}

/// An operator of one input that works on every element alone.
Status map(Context& node, ops::Op op) {
  TENON_TRY(node.expect_inputs(1));
  const Tensor& x = node.inputs()[0];
  return node.finish(std::move(op), {x.value}, x.stored);
}

Status import_unary(Context& node) {
  constexpr UnaryKind kKinds[] = {
      UnaryKind::Neg,   UnaryKind::Exp,  UnaryKind::Log,  UnaryKind::Abs,   UnaryKind::Sqrt,
      UnaryKind::Sin,   UnaryKind::Cos,  UnaryKind::Tan,  UnaryKind::Sinh,  UnaryKind::Cosh,
      UnaryKind::Asin,  UnaryKind::Acos, UnaryKind::Atan, UnaryKind::Asinh, UnaryKind::Acosh,
      UnaryKind::Atanh, UnaryKind::Ceil, UnaryKind::Floor};
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(const size_t func,
               node.choice("func", {"neg",   "exp",   "log",  "abs",   "sqrt",  "sin",   "cos",
                                    "tan",   "sinh",  "cosh", "asin",  "acos",  "atan",  "asinh",
                                    "acosh", "atanh", "ceil", "floor", "rsqrt", "square"}));
  if (func < std::size(kKinds)) return map(node, ops::Unary{kKinds[func]});
  const Tensor& x = node.inputs()[0];
  if (func == std::size(kKinds) + 1) {
    return node.finish(ElementWise{ElementWiseKind::Mul}, {x.value, x.value}, x.stored);
  }
  TENON_ASSIGN(ir::Value * root, node.add(ops::Unary{UnaryKind::Sqrt}, {x.value}, "root"));
  return node.finish(ops::Unary{UnaryKind::Reciprocal}, {root}, x.stored);
}

Status import_activation(Context& node) {
  constexpr ops::Activation kActivations[] = {
      {ActivationKind::Relu},
      {ActivationKind::Clip, 0, 6},
      {ActivationKind::Sigmoid},
      {ActivationKind::Tanh},
      {ActivationKind::Elu, 1},
      {ActivationKind::Selu, 1.67326319217681884765625F, 1.05070102214813232421875F},
      {ActivationKind::Softsign},
      {ActivationKind::Softplus, 1, 1}};
  TENON_ASSIGN(const size_t func, node.choice("func", {"relu", "relu6", "sigmoid", "tanh", "elu",
                                                       "selu", "softsign", "softplus"}));
  return map(node, kActivations[func]);
}

Status import_identity(Context& node) { return map(node, ops::Identity{}); }

constexpr Row kArithmeticRows[] = {
    {"Activation", import_activation},
    {"Binary", import_binary},
    {"Identity", import_identity},
    {"Unary", import_unary},
};

}  // namespace

std::span<const Row> arithmetic_rows() { return kArithmeticRows; }

}  // namespace tenon::uff
